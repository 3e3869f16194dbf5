/**
 * tabgpu/headless: WebGPU without a display, for tests in CI, batch jobs and servers. Runs in Node. Knows nothing of
 * tabular models: what it starts can run any WGSL.
 */
export { DeviceError, OptionError, TabgpuError } from "../errors.ts";
export { type AdapterDescription, adapterLine } from "../gpu/device.ts";
export type { AdapterChoice } from "./adapter.ts";
export type { AdapterReport, BrowserName, ConsoleLine, DriverPage, PageEvents } from "./drivers/driver.ts";
export { findBrowser } from "./find_browser.ts";
export { installBrowser } from "./install.ts";
export { type Headless, type HeadlessOptions, launchHeadless } from "./launch.ts";
export { type NodeGpu, type NodeGpuOptions, nodeGpu } from "./node_gpu.ts";
export type { PageCall, PageResult } from "./page_call.ts";
export type { PageContext, PageFunction, Sendable, TypedArray } from "./page_protocol.ts";
