import { describe, expect, it } from "vitest";
import { takeAwayJobs } from "../../../demo/take_away/job.ts";
import { otherTableWords } from "../../../demo/training/other_table.ts";
import { benchWith } from "../small_bench.ts";

describe("a model beside a table", () => {
  it("is said to know another table only where it does", () => {
    expect(otherTableWords("Store sales", "penguins.csv")).toBe(
      "trained on Store sales, not on the table above",
    );
    expect(otherTableWords("penguins.csv", "penguins.csv")).toBe("");
    expect(otherTableWords(null, "penguins.csv")).toBe("");
    expect(otherTableWords("Store sales", undefined)).toBe("");
  });

  it("has the name of the table that its rows were prepared from, else the one that was kept with it", async () => {
    const bench = await benchWith("y");
    const bytes = bench.current!.bytes.slice();
    const jobs = takeAwayJobs(bench);
    const kept = { name: "Run 1", metrics: {}, table: "kept.csv" };
    expect((await jobs.openModelFile(new File([bytes], "m.safetensors"))).table).toBe("table.csv");
    expect((await jobs.restoreModel(bytes, kept)).table).toBe("table.csv");
    bench.prepared = null;
    expect((await jobs.openModelFile(new File([bytes], "m.safetensors"))).table).toBeNull();
    expect((await jobs.restoreModel(bytes, kept)).table).toBe("kept.csv");
  });
});
