import { type DiagnoseProgress, type Diagnosis, diagnose } from "../../doctor/index.ts";
import { openDevice } from "../../gpu/device.ts";
import type { PageContext } from "../../headless/page_protocol.ts";

/** Examines the adapter that this page gets. */
export async function doctor(_: null, context: PageContext<DiagnoseProgress>): Promise<Diagnosis> {
  const { device } = await openDevice({ gpu: context.gpu });
  try {
    return await diagnose(device, { signal: context.signal, onProgress: context.emit });
  } finally {
    device.destroy();
  }
}
