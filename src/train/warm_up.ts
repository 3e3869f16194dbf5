import type { Task } from "../data/preprocessing.ts";
import { OptionError } from "../errors.ts";
import { resident } from "../gpu/buffer_spec.ts";
import { type GpuOptions, openDevice } from "../gpu/device.ts";
import { checkConfig, type TabularModelConfig } from "../model/config.ts";
import { ResidentTable } from "../model/resident_table.ts";
import { GpuRuntime } from "../scheduler/gpu_runtime.ts";
import { recordTrainStep } from "./train_step.ts";
import { TrainingNetwork } from "./training_network.ts";

/** What is known of a training before its table is. */
export interface WarmUpOptions extends GpuOptions {
  /** As for `tabularLearner`. Default [200, 100]. */
  readonly layers?: readonly number[];
  /** As for `tabularLearner`. Default 64. */
  readonly bs?: number;
  /** What will be predicted. Default "regression". */
  readonly task?: Task;
  /** Columns of the first Linear's input: all embeddings side by side and the numbers. A guess will do. Default 128. */
  readonly inputs?: number;
}

/**
 * Opens a device and compiles on it what training will run, while the table is still being read. Hand the device to
 * `tabularLearner`, with the same `layers` and `bs`: what was compiled is not compiled again, and what differs after all
 * is compiled then.
 *
 * @returns the device, once all is compiled. It is the caller's: a learner that is disposed leaves it open
 * @throws {DeviceError} as `tabularLearner` does, {OptionError} for layers, bs or inputs that are no positive whole numbers
 */
export function warmUp(options: WarmUpOptions = {}): Promise<GPUDevice> {
  const device = compile(options);
  device.catch(() => {}); // told when it is awaited, which may be long after
  return device;
}

async function compile(options: WarmUpOptions): Promise<GPUDevice> {
  const { layers = [200, 100], bs = 64, task = "regression", inputs = 128 } = options;
  for (const [name, value] of Object.entries({ bs, inputs })) {
    if (!Number.isInteger(value) || value < 1)
      throw new OptionError(`${name} is ${value}; it must be a positive whole number.`);
  }
  const config: TabularModelConfig = {
    layout: "C",
    embeddingSizes: [[2, 1]],
    continuous: Math.max(1, inputs - 1),
    outputs: task === "regression" ? 1 : 2,
    layers,
    ps: layers.map(() => 0),
    embDrop: 0,
    yRange: null,
    useBn: true,
    bnFinal: false,
    bnCont: true,
    linearBias: "auto",
    bnBiasInit: 0,
  };
  checkConfig(config);
  const { device, owned } = await openDevice(options);
  const runtime = await GpuRuntime.open({ device }); // one that leaves the device open
  try {
    const network = new TrainingNetwork(config);
    const table = new ResidentTable([2], config.continuous, 1, bs, bs);
    const losses = resident("losses", [1]);
    await runtime.compile(recordTrainStep(network, task, table, bs, losses, network.layout.size, runtime));
    runtime.pipelines.keep();
  } catch (error) {
    if (owned) device.destroy();
    throw error;
  } finally {
    runtime.dispose();
  }
  return device;
}
