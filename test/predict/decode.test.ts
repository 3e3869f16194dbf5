import { describe, expect, it } from "vitest";
import type { TargetState } from "../../src/data/preprocessing.ts";
import { Table } from "../../src/data/table.ts";
import { DataError } from "../../src/errors.ts";
import { decodeColumns, decodePredictions, sigmoid, softmax } from "../../src/predict/decode.ts";
import { expectClose } from "../support/close.ts";

const price: TargetState = { task: "regression", names: ["price"], log: false };
const sales: TargetState = { task: "regression", names: ["sales"], log: true };
const weather: TargetState = { task: "regression", names: ["high", "low"], log: false };
const species: TargetState = { task: "classification", names: ["species"], classes: ["cat", "dog", "owl"] };
const tags: TargetState = { task: "multilabel", names: ["wet", "cold"] };

describe("softmax", () => {
  it("is exp over the sum of exps", () => {
    // torch.softmax(torch.tensor([1., 2., 3.], dtype=torch.float64), 0)
    expectClose(softmax([1, 2, 3]), [0.09003057317038046, 0.24472847105479764, 0.6652409557748218], 1e-15);
  });

  it("neither overflows nor loses the sum", () => {
    expectClose(softmax([1000, 999, -1000]), [0.7310585786300049, 0.2689414213699951, 0], 1e-15);
    expectClose(softmax([-1000, -1000]), [0.5, 0.5], 0);
    expectClose(softmax([7]), [1], 0);
  });
});

describe("sigmoid", () => {
  it("is 1 / (1 + exp(-x)) on both sides of zero", () => {
    const values = [0, 1, -1, 3].map(sigmoid);
    expectClose(values, [0.5, 0.7310585786300049, 0.2689414213699951, 0.9525741268224334], 1e-15);
  });

  it("keeps small probabilities and never overflows", () => {
    expect(sigmoid(-700) / Math.exp(-700)).toBeCloseTo(1, 12);
    expect([sigmoid(1000), sigmoid(-1000)]).toEqual([1, 0]);
  });
});

describe("decodePredictions", () => {
  it("leaves a plain regression alone", () => {
    expect(decodePredictions(Float32Array.of(1.5, -2), price)).toEqual([
      { prediction: 1.5, raw: 1.5 },
      { prediction: -2, raw: -2 },
    ]);
  });

  it("undoes a logarithmic target, in f64", () => {
    const [{ prediction, raw }] = decodePredictions(Float32Array.of(8.75), sales) as {
      prediction: number;
      raw: number;
    }[];
    expect(raw).toBe(8.75);
    expectClose([prediction], [6310.688108089018], 1e-11);
  });

  it("names several targets", () => {
    expect(decodePredictions(Float32Array.of(20, 10, 22, 11), weather)).toEqual([
      { prediction: { high: 20, low: 10 }, raw: { high: 20, low: 10 } },
      { prediction: { high: 22, low: 11 }, raw: { high: 22, low: 11 } },
    ]);
  });

  it("undoes the logarithm of every target", () => {
    const target: TargetState = { ...weather, log: true };
    expect(decodePredictions(Float32Array.of(0, 1), target)).toEqual([
      { prediction: { high: 1, low: Math.E }, raw: { high: 0, low: 1 } },
    ]);
  });

  it("picks the class of the largest output, with the probabilities of all", () => {
    const [first, second] = decodePredictions(Float32Array.of(1, 3, 2, 5, -5, 5), species);
    expect(first.prediction).toBe("dog");
    expect(Object.keys((first as { probabilities: object }).probabilities)).toEqual(["cat", "dog", "owl"]);
    const { cat, dog, owl } = (first as { probabilities: Record<string, number> }).probabilities;
    expectClose([cat, dog, owl], [0.09003057317038046, 0.6652409557748218, 0.24472847105479764], 1e-15);
    expect(second.prediction).toBe("cat"); // a tie goes to the first, as in PyTorch's argmax
  });

  it("gives classes back in their own type", () => {
    const numbers: TargetState = { task: "classification", names: ["y"], classes: [3, 10] };
    expect(decodePredictions(Float32Array.of(0, 1), numbers)[0].prediction).toBe(10);
    const truth: TargetState = { task: "classification", names: ["y"], classes: [false, true] };
    expect(decodePredictions(Float32Array.of(1, 0), truth)[0].prediction).toBe(false);
  });

  it("takes a class of any name", () => {
    const odd: TargetState = { task: "classification", names: ["y"], classes: ["__proto__", "constructor"] };
    const [{ prediction, probabilities }] = decodePredictions(Float32Array.of(0, 0), odd) as {
      prediction: string;
      probabilities: Record<string, number>;
    }[];
    expect(prediction).toBe("__proto__");
    expect(Object.entries(probabilities)).toEqual([
      ["__proto__", 0.5],
      ["constructor", 0.5],
    ]);
  });

  it("names the labels above one half; one half itself is not", () => {
    expect(decodePredictions(Float32Array.of(2, 0, -1, 0.001, -1, -1), tags)).toEqual([
      { prediction: ["wet"], probabilities: { wet: sigmoid(2), cold: 0.5 } },
      { prediction: ["cold"], probabilities: { wet: sigmoid(-1), cold: sigmoid(Math.fround(0.001)) } },
      { prediction: [], probabilities: { wet: sigmoid(-1), cold: sigmoid(-1) } },
    ]);
  });

  it("gives nothing for no rows", () => {
    for (const target of [price, sales, weather, species, tags]) {
      expect(decodePredictions(new Float32Array(0), target)).toEqual([]);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "names the row whose output is %s",
    (x) => {
      const decode = () => decodePredictions(Float32Array.of(1, 2, 3, 4, x, 6), species);
      expect(decode).toThrow(DataError);
      expect(decode).toThrow(
        `The model's output for row 1 is ${x}. A continuous value of that row is probably far outside what ` +
          "training saw; check the row.",
      );
      expect(() => decodeColumns(Float32Array.of(x), price)).toThrow(`The model's output for row 0 is ${x}.`);
    },
  );
});

describe("decodeColumns", () => {
  it("gives the numbers of decodePredictions", () => {
    const raw = Float32Array.of(0.3, -1.2, 4, 1, 2, 0);
    for (const target of [price, sales, weather]) {
      const expected = decodePredictions(raw, target);
      const { rows, columns } = decodeColumns(raw, target);
      expect(rows).toBe(raw.length / target.names.length);
      expect(columns.map((column) => column.name)).toEqual(target.names);
      const records = Table.fromColumns([...columns]).toRecords();
      const values = records.map((record) => (target === weather ? record : Object.values(record)[0]));
      expect(values).toEqual(expected.map(({ prediction }) => prediction));
    }
  });

  it("gives the class, then every class's probability", () => {
    const raw = Float32Array.of(1, 3, 2, 0, 0, 1);
    const expected = decodePredictions(raw, species) as { probabilities: Record<string, number> }[];
    const records = Table.fromColumns([...decodeColumns(raw, species).columns]).toRecords();
    expect(records).toEqual(
      ["dog", "owl"].map((label, row) => ({
        species: label,
        probability_cat: expected[row].probabilities.cat,
        probability_dog: expected[row].probabilities.dog,
        probability_owl: expected[row].probabilities.owl,
      })),
    );
  });

  it("keeps the type of the classes", () => {
    const column = (classes: (number | boolean)[]) =>
      decodeColumns(Float32Array.of(0, 1), { task: "classification", names: ["y"], classes }).columns[0];
    expect(column([3, 10])).toEqual({
      kind: "number",
      name: "y",
      values: Float64Array.of(10),
      integer: true,
    });
    expect(column([0.5, 1.5])).toMatchObject({ kind: "number", integer: false });
    expect(column([false, true])).toEqual({ kind: "boolean", name: "y", values: Uint8Array.of(1) });
  });

  it("gives a boolean column per label, then the probabilities", () => {
    const { columns } = decodeColumns(Float32Array.of(2, 0, -1, 0.5), tags);
    expect(columns).toEqual([
      { kind: "boolean", name: "wet", values: Uint8Array.of(1, 0) },
      { kind: "boolean", name: "cold", values: Uint8Array.of(0, 1) },
      {
        kind: "number",
        name: "probability_wet",
        values: Float64Array.of(sigmoid(2), sigmoid(-1)),
        integer: false,
      },
      {
        kind: "number",
        name: "probability_cold",
        values: Float64Array.of(0.5, sigmoid(0.5)),
        integer: false,
      },
    ]);
  });
});
