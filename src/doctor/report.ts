import { adapterLine } from "../gpu/device.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** A diagnosis as plain text, for a terminal or a bug report: a verdict, one line a check, then what failed, in words. */
export function report(diagnosis: Diagnosis): string {
  const { kernels, training } = diagnosis;
  const checks = [
    ...kernels.map((row) => ({ ...row, name: row.kernel })),
    ...(training ? [{ ...training, name: "training, against PyTorch", cases: training.steps }] : []),
  ];
  const failed = checks.filter((check) => !check.passed);
  const rows = checks.map(({ name, cases, errorOverBound, passed, ms }) => [
    name,
    `${cases}`,
    errorOverBound === null ? "–" : `${Number(errorOverBound.toPrecision(2))}`,
    passed ? "ok" : "FAILED",
    ms.toFixed(0),
  ]);
  const verdict = failed.length === 0 ? "all right" : `${failed.length} of ${checks.length} checks FAILED`;
  return [
    `TabGPU ${diagnosis.version} on ${adapterLine(diagnosis.adapter)}: ${verdict}`,
    "",
    ...table([["kernel", "cases", "largest error ÷ bound", "", "ms"], ...rows]),
    ...failed.flatMap(({ name, failure }) => ["", `${name}:`, `${failure}`]),
  ].join("\n");
}

/** Columns padded to their widest cell: the first to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join("  "),
  );
}
