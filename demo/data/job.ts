import { contCatSplit, DataError, storeSalesSample, type Table, type TabularData } from "tabgpu";
import type { Workbench } from "../worker/workbench.ts";
import { applyPlan as prepare } from "./apply_plan.ts";
import { takenParts } from "./date_parts.ts";
import { describeColumn, previewOf } from "./describe.ts";
import { extent } from "./extent.ts";
import { guessPlan, guessRoles } from "./guess.ts";
import { readTableFile } from "./read_file.ts";
import type { DataInfo, DataPlan, LoadProgress, TableInfo } from "./types.ts";

/** Progress is told at most this often, in milliseconds. */
const TELL_EVERY = 100;

export function dataJobs(bench: Workbench) {
  let loading: AbortController | null = null;
  let version = 0;

  return {
    /** The embedded, synthetic table. */
    loadSample(): TableInfo {
      loading?.abort();
      const sample = storeSalesSample();
      bench.table = { name: "Store sales", table: sample.table, sample };
      bench.prepared = null;
      return tableInfo("Store sales", sample.table, true);
    },

    /**
     * Reads a CSV (perhaps gzipped) or Parquet file. The table that was there stays until the new one is whole.
     *
     * @param missing cells of a CSV that mean "unknown", besides the usual ones
     */
    async loadFile(
      file: File,
      missing: readonly string[],
      onProgress: (progress: LoadProgress) => void,
    ): Promise<TableInfo> {
      loading?.abort();
      const controller = new AbortController();
      loading = controller;
      const { signal } = controller;
      try {
        const { table, notes, csv } = await readTableFile(file, signal, throttled(onProgress), { missing });
        signal.throwIfAborted();
        bench.table = { name: file.name, table, sample: null, missing };
        bench.prepared = null;
        return tableInfo(file.name, table, false, notes, csv);
      } finally {
        if (loading === controller) loading = null;
      }
    },

    /** Ends the reading that is under way; its call fails with an AbortError. */
    cancelLoad(): void {
      loading?.abort();
    },

    applyPlan(plan: DataPlan): DataInfo {
      if (!bench.table) throw new DataError("There is no table yet.");
      const { missing } = bench.table;
      const { table, data, notes } = prepare(bench.table.table, plan);
      version++;
      bench.prepared = { table, data, version, missing };
      return dataInfo(data, plan, notes, version);
    },
  };
}

function throttled(tell: (progress: LoadProgress) => void): (progress: LoadProgress) => void {
  let told = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (now - told < TELL_EVERY) return;
    told = now;
    tell(progress);
  };
}

export function tableInfo(
  name: string,
  table: Table,
  synthetic: boolean,
  notes: readonly string[] = [],
  csv = false,
): TableInfo {
  const summaries = table.columns.map(describeColumn);
  const columns = guessRoles(summaries, table.rows, contCatSplit(table), (date) => takenParts(table, date));
  const guessedPlan = guessPlan(columns, table.rows);
  return {
    name,
    synthetic,
    rows: table.rows,
    columns,
    preview: previewOf(table),
    notes,
    csv,
    // The sample's rows are sorted by day, though it has no column of dates.
    guessedPlan: synthetic
      ? { ...guessedPlan, valid: { kind: "last", fraction: 0.1, by: null } }
      : guessedPlan,
  };
}

function dataInfo(data: TabularData, plan: DataPlan, notes: readonly string[], version: number): DataInfo {
  const { target, categorical, continuous } = data.preprocessing;
  return {
    target: target.names[0],
    task: plan.task,
    logTarget: target.task === "regression" && target.log,
    trainRows: data.trainRows.length,
    validRows: data.validRows.length,
    categorical: categorical.map(({ name }) => name),
    continuous: continuous.map(({ name }) => name),
    classes: target.task === "classification" ? target.classes.map(String) : [],
    targetRange: target.task === "regression" ? extent(data.encoded.targets!) : null,
    warnings: [...notes, ...data.warnings],
    version,
  };
}
