/**
 * `tabgpu/doctor`: whether a GPU, its driver and its browser compute TabGPU's kernels rightly. An app can refuse a device
 * that does not, and its user has a report to send.
 */
export { type DiagnoseOptions, type DiagnoseProgress, diagnose } from "./diagnose.ts";
export type { Diagnosis, KernelDiagnosis, TrainingDiagnosis } from "./diagnosis.ts";
export { report } from "./report.ts";
