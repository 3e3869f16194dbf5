import { describe, expect, it } from "vitest";
import { TabularData } from "../../src/data/tabular_data.ts";
import { readCsv } from "../../src/io/csv.ts";
import { expectClose } from "../support/close.ts";
import { PREPROCESSING_FIXTURE } from "./preprocessing_fixture.ts";

describe.each(["v1", "v2"] as const)("preprocessing as fastai %s does it", (recipe) => {
  const { csv, categorical, continuous, target, validRows } = PREPROCESSING_FIXTURE;
  const expected = PREPROCESSING_FIXTURE[recipe];
  const fitted = readCsv(csv).then((table) =>
    TabularData.from(table, {
      categorical,
      continuous,
      target,
      task: "regression",
      recipe,
      valid: { last: validRows },
    }),
  );

  it("finds the vocabularies of the training rows, `_na` columns last", async () => {
    const { preprocessing } = await fitted;
    expect(preprocessing.categorical.map(({ name, levels }) => [name, levels])).toEqual(
      Object.entries(expected.vocabs),
    );
  });

  it("fills by the median and keeps mean and standard deviation", async () => {
    const { preprocessing } = await fitted;
    expect(preprocessing.fillMissing).toEqual(expected.fill);
    for (const { name, mean, std } of preprocessing.continuous) {
      expectClose([mean, std], [expected.statistics[name].mean, expected.statistics[name].std], 1e-5, name);
    }
  });

  it("encodes every row, unseen and missing levels as 0", async () => {
    const { encoded } = await fitted;
    expect([...encoded.codes]).toEqual(expected.codes);
    expectClose(encoded.continuous, expected.continuous, 1e-6, "continuous");
  });
});
