import { afterEach, describe, expect, it } from "vitest";
import type { DataInfo, TableInfo } from "../../../demo/data/types.ts";
import { droppedRange, guardRange } from "../../../demo/model/range_guard.ts";
import { DEFAULT_MODEL_SETTINGS } from "../../../demo/model/types.ts";
import { data, modelSettings, table } from "../../../demo/session.ts";
import { EMPTY, ready } from "../../../demo/ui/loadable.ts";

/** What the worker says of a table whose target runs over a range. */
function learn(name: string, target: string, targetRange: readonly [number, number]): void {
  table.value = ready({ name } as TableInfo);
  data.value = ready({ target, logTarget: false, targetRange } as DataInfo);
}
const setRange = (yRange: [number, number]) => {
  modelSettings.value = { ...modelSettings.value, yRange };
};

guardRange();

describe("a range of outputs", () => {
  afterEach(() => {
    modelSettings.value = DEFAULT_MODEL_SETTINGS;
    droppedRange.value = null;
    table.value = EMPTY;
    data.value = EMPTY;
  });

  it("is dropped on the way to another table, and the note is gone on the way back", () => {
    learn("a.csv", "y", [0, 10]);
    setRange([0, 12]);
    learn("b.csv", "y", [0, 1000]);
    expect(modelSettings.value.yRange).toBeNull();
    expect(droppedRange.value).toEqual([0, 12]);
    learn("a.csv", "y", [0, 10]);
    expect(modelSettings.value.yRange).toBeNull();
    expect(droppedRange.value).toBeNull();
  });

  it("stays where it suits the other target, and where the same table is prepared or read again", () => {
    learn("a.csv", "y", [0, 10]);
    setRange([-50, 50]);
    learn("a.csv", "z", [-20, 20]);
    expect(modelSettings.value.yRange).toEqual([-50, 50]);
    setRange([0, 5]);
    learn("a.csv", "z", [-20, 20]);
    expect(modelSettings.value.yRange).toEqual([0, 5]);
    expect(droppedRange.value).toBeNull();
  });

  it("keeps its note until the target changes", () => {
    learn("a.csv", "y", [0, 10]);
    setRange([0, 12]);
    learn("a.csv", "z", [0, 1000]);
    learn("a.csv", "z", [0, 990]);
    expect(droppedRange.value).toEqual([0, 12]);
  });
});
