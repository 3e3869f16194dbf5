/** Nothing but a device: what no contender can be faster than. */
import { finish } from "./finish.ts";

const adapter = await navigator.gpu.requestAdapter();
const device = await adapter!.requestDevice();
await device.queue.onSubmittedWorkDone();
finish(0);
