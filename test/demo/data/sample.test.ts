import { describe, expect, it } from "vitest";
import { dataJobs } from "../../../demo/data/job.ts";
import { Workbench } from "../../../demo/worker/workbench.ts";

describe("the sample, as the page opens on it", () => {
  const bench = new Workbench();
  const jobs = dataJobs(bench);
  const info = jobs.loadSample();

  it("is named as synthetic and described", () => {
    expect(info).toMatchObject({ name: "Store sales", synthetic: true, rows: 60_000 });
    expect(info.columns.find(({ name }) => name === "store")).toMatchObject({
      kind: "text",
      missing: 0,
      distinct: 100,
      guessedRole: "categorical",
    });
    expect(info.preview).toHaveLength(8);
  });

  it("is guessed the plan that the sample itself recommends", () => {
    const { roles, ...rest } = info.guessedPlan;
    expect(rest).toEqual({
      task: "regression",
      logTarget: true,
      valid: { kind: "last", fraction: 0.1, by: null },
      seed: 42,
    });
    expect(roles.sales).toBe("target");
    const { options } = bench.table!.sample!;
    const named = (role: string) => Object.keys(roles).filter((name) => roles[name] === role);
    expect(named("categorical")).toEqual(options.categorical);
    expect(named("continuous")).toEqual(options.continuous);
  });

  it("becomes data ready for training", () => {
    const data = jobs.applyPlan(info.guessedPlan);
    expect(data).toMatchObject({
      target: "sales",
      trainRows: 54_000,
      validRows: 6000,
      classes: [],
      version: 1,
    });
    expect(bench.data?.trainRows).toHaveLength(54_000);
    expect(jobs.applyPlan(info.guessedPlan).version).toBe(2);
  });
});
