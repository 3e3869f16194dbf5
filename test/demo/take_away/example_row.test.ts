import { describe, expect, it } from "vitest";
import { exampleRow } from "../../../demo/take_away/example_row.ts";
import { readCsv, Table, TabularData } from "../../../src/index.ts";

const text = `when,shop,open,size,sales
2024-03-01,b,true,1.5,10
2024-03-02,a,false,,20
2024-03-03,b,true,2.5,30
2024-03-04,a,true,3.5,40`;

async function shops() {
  const table = await readCsv(text);
  const options = {
    target: "sales",
    dates: ["when"],
    categorical: ["shop", "open", "whenMonth"],
    continuous: ["size"],
    valid: { last: 1 },
  };
  return { table, data: TabularData.from(table, options) };
}

describe("exampleRow", () => {
  it("takes a row of the table, its date as text, and leaves the target out", async () => {
    const { table, data } = await shops();
    const { example } = exampleRow(data.preprocessing, { table, row: 3 });
    expect(example).toEqual({ when: "2024-03-04", shop: "a", open: true, size: 3.5 });
    expect(exampleRow(data.preprocessing, { table, row: 1 }).example.size).toBeNull();
  });

  it("makes one up that the model's own preprocessing takes", async () => {
    const { data } = await shops();
    const { inputs, example } = exampleRow(data.preprocessing, null);
    expect(inputs.map(({ name }) => name)).toEqual(["when", "shop", "open", "size"]);
    expect(["a", "b"]).toContain(example.shop);
    expect(example.size).toBe(2);
    expect(Table.fromRecords([example], data.preprocessing).rows).toBe(1);
  });
});
