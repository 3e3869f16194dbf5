import { isSoftware } from "../gpu/device.ts";
import type { AdapterReport } from "./drivers/driver.ts";

/** Runs in a page, or in Node with its GPU: everything an adapter tells of itself. Self-contained, it is serialised. */
export async function readAdapter(
  gpu: GPU | null,
): Promise<Omit<AdapterReport, "software" | "driver"> | null> {
  const entry = gpu ?? (navigator as { gpu?: GPU }).gpu;
  const adapter = await entry?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return null;
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const limits: Record<string, number> = {};
  // The limits are getters of the prototype.
  for (const name in adapter.limits) {
    const value = (adapter.limits as unknown as Record<string, unknown>)[name];
    if (typeof value === "number") limits[name] = value;
  }
  const features = [...adapter.features].sort();
  return {
    vendor,
    architecture,
    device,
    description,
    isFallbackAdapter: isFallbackAdapter ?? false,
    features,
    limits,
  };
}

export function adapterReport(
  read: Omit<AdapterReport, "software" | "driver">,
  driver: string | null,
): AdapterReport {
  return { ...read, driver, software: isSoftware(read) || (driver !== null && isSoftwareDriver(driver)) };
}

function isSoftwareDriver(driver: string): boolean {
  return driver === "lavapipe" || driver === "SwiftShader";
}
