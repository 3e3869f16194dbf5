import type { AdapterDescription } from "../../gpu/device.ts";

/** A browser that tabgpu/headless can start. */
export type BrowserName = "chromium" | "firefox";

/** A line of a page's console. */
export interface ConsoleLine {
  readonly type: "debug" | "log" | "info" | "warning" | "error";
  readonly text: string;
}

/** What a page tells without being asked. */
export interface PageEvents {
  onConsole(line: ConsoleLine): void;
  /** An exception that no one in the page caught. */
  onError(error: Error): void;
  /** The page is gone, for the reason given: it crashed, or its browser ended. */
  onLost(reason: string): void;
  /** The page's main frame went to another address. */
  onNavigated(url: string): void;
}

/** An open page. The calls reject once the page is gone. */
export interface DriverPage {
  /** The driver's own page (Playwright's or Puppeteer's `Page`), for what is not covered here. */
  readonly native: unknown;
  /** Calls a function that uses nothing from around it, with one argument of plain data. */
  evaluate<A, R>(fn: (argument: A) => R | Promise<R>, argument: A): Promise<R>;
  /** Puts `globalThis[name](text)` into the page. */
  expose(name: string, fn: (text: string) => void): Promise<void>;
  close(): Promise<void>;
}

/** A running browser, whichever library drives it. */
export interface DriverBrowser {
  readonly version: string;
  /** What implements WebGPU below the browser, where that was chosen here: a Vulkan driver's name. */
  readonly driver: string | null;
  /** The driver library's own browser object. */
  readonly native: unknown;
  /** Opens `url` and waits until it has loaded. */
  open(url: string, events: Partial<PageEvents>, timeout: number): Promise<DriverPage>;
  /** Ends the browser and all its processes, and removes its profile. Never throws. */
  close(): Promise<void>;
}

/** Arguments of a driver's launch. */
export interface DriverLaunch {
  readonly executablePath: string;
  readonly adapter: "hardware" | "software";
  /** Further command-line arguments. */
  readonly args: readonly string[];
  /** Milliseconds for the browser to start. */
  readonly timeout: number;
}

/** What a page reports of WebGPU; null where there is no adapter. */
export interface AdapterReport extends AdapterDescription {
  /** Whether the CPU does the work: the adapter says so, or it is a known software implementation. */
  readonly software: boolean;
  /** The Vulkan driver that the browser was started with, where tabgpu/headless chose one. */
  readonly driver: string | null;
  /** Names of the optional features the adapter has, sorted. */
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}
