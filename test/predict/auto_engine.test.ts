import { describe, expect, it } from "vitest";
import type { EncodedTable } from "../../src/data/preprocessing.ts";
import { DeviceError, InternalError } from "../../src/errors.ts";
import { AutoInferenceEngine } from "../../src/predict/auto_engine.ts";
import type { InferenceEngine } from "../../src/predict/tabular_model.ts";

/** Time passes only while an engine runs. */
interface Clock {
  ms: number;
}

/** Takes fixed + perRow · rows of the clock's time; a row's output is its number plus the engine's own fraction. */
class FakeEngine implements InferenceEngine {
  readonly backend: "webgpu" | "cpu";
  readonly description: string;
  readonly calls: number[] = [];
  disposals = 0;
  fails: Error | null = null;
  readonly #cost: (rows: number) => number;
  readonly #clock: Clock;

  constructor(backend: "webgpu" | "cpu", clock: Clock, cost: (rows: number) => number) {
    this.backend = backend;
    this.description = `a fake ${backend}`;
    this.#clock = clock;
    this.#cost = cost;
  }

  async forward({ rows, codes, continuous }: EncodedTable, options: { signal?: AbortSignal } = {}) {
    options.signal?.throwIfAborted();
    if (this.fails) throw this.fails;
    this.calls.push(rows);
    await Promise.resolve();
    this.#clock.ms += this.#cost(rows);
    const fraction = this.backend === "cpu" ? 0.25 : 0.5;
    return Float32Array.from({ length: rows }, (_, row) => {
      if (codes[2 * row] !== continuous[row]) throw new Error(`row ${row}: the columns fell apart`);
      return continuous[row] + fraction;
    });
  }

  async tensors() {
    return new Map([["of", Float32Array.of(this.backend === "cpu" ? 1 : 2)]]);
  }

  dispose() {
    this.disposals++;
  }
}

/** Two categorical columns and a continuous one; row r holds r. */
function rowsOf(rows: number): EncodedTable {
  return {
    rows,
    codes: Uint32Array.from({ length: 2 * rows }, (_, i) => i >> 1),
    continuous: Float32Array.from({ length: rows }, (_, row) => row),
    targets: null,
  };
}

/** 0.1 ms a row on the CPU; on the GPU 3 ms a call and 0.01 ms a row, unless told otherwise. */
function make(gpuCost = (rows: number) => 3 + 0.01 * rows, cpuCost = (rows: number) => 0.1 * rows) {
  const clock = { ms: 0 };
  const cpu = new FakeEngine("cpu", clock, cpuCost);
  const gpu = new FakeEngine("webgpu", clock, gpuCost);
  const reasons: string[] = [];
  let opened = 0;
  let open = async (): Promise<InferenceEngine> => gpu;
  const engine = new AutoInferenceEngine({
    cpu,
    openGpu: () => {
      opened++;
      return open();
    },
    onFallback: (reason) => reasons.push(reason),
    now: () => clock.ms,
  });
  const whenOpened = (how: () => Promise<InferenceEngine>) => {
    open = how;
  };
  return { engine, cpu, gpu, reasons, opened: () => opened, whenOpened };
}

/** Lets what happens in the background happen. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

async function decided(parts = make()) {
  await parts.engine.forward(rowsOf(600)); // 60 ms
  await settle();
  parts.cpu.calls.length = parts.gpu.calls.length = 0;
  return parts;
}

describe("AutoInferenceEngine", () => {
  it("answers on the CPU and leaves the GPU alone as long as calls are small, however many", async () => {
    const { engine, cpu, gpu, opened } = make();
    expect([engine.backend, engine.description]).toEqual(["cpu", "a fake cpu"]);
    for (let i = 0; i < 1000; i++) await engine.forward(rowsOf(20)); // 2 ms each
    await settle();
    expect([opened(), cpu.calls.length, gpu.calls.length]).toEqual([0, 1000, 0]);
    expect(engine.plan).toBe("a fake cpu, until calls are large enough to try a GPU");
  });

  it("opens the GPU once calls that could gain by it have cost 50 ms, behind the answer", async () => {
    const { engine, opened } = make();
    for (let i = 0; i < 4; i++) await engine.forward(rowsOf(120)); // 12 ms each
    expect(opened()).toBe(0);
    await engine.forward(rowsOf(120));
    expect(opened()).toBe(1);
    await settle();
    for (let i = 0; i < 9; i++) await engine.forward(rowsOf(900));
    expect(opened()).toBe(1);
  });

  it("does not wait for a GPU that takes its time", async () => {
    const { engine, cpu, opened, whenOpened } = make();
    whenOpened(() => new Promise(() => {}));
    await engine.forward(rowsOf(600));
    expect(opened()).toBe(1);
    expect(await engine.forward(rowsOf(5000))).toHaveLength(5000);
    expect(cpu.calls.slice(1)).toEqual([1024, 1024, 1024, 1024, 904]);
  });

  it("times the GPU at two sizes and sends it the calls at which it wins", async () => {
    const { engine, cpu, gpu } = make();
    await engine.forward(rowsOf(600));
    await settle();
    expect(gpu.calls).toEqual([64, 4096, 64, 64, 64, 64, 4096, 4096, 4096, 4096]);
    gpu.calls.length = cpu.calls.length = 0;
    // 0.1 · rows = 3 + 0.01 · rows at 33.3 rows
    await engine.forward(rowsOf(33));
    expect([engine.backend, engine.description]).toEqual(["cpu", "a fake cpu"]);
    await engine.forward(rowsOf(34));
    expect([engine.backend, engine.description]).toEqual(["webgpu", "a fake webgpu"]);
    await engine.forward(rowsOf(100_000));
    expect([cpu.calls, gpu.calls]).toEqual([[33], [34, 100_000]]);
    expect(engine.plan).toBe(
      "below 34 rows a fake cpu (0.1 ms a row), from there a fake webgpu (3 ms + 0.01 ms a row)",
    );
  });

  it("takes the mean of the CPU's longer calls as its cost: a clock may not see the short ones", async () => {
    const { engine } = await decided(make(undefined, (rows) => (rows < 20 ? 0 : 0.1 * rows)));
    expect(engine.plan).toContain("below 34 rows a fake cpu (0.1 ms a row)");
    let calls = 0;
    const parts = make(undefined, (rows) => (calls++ === 0 ? 0.2 : 0.1) * rows);
    for (let i = 0; i < 100; i++) await parts.engine.forward(rowsOf(2));
    await parts.engine.forward(rowsOf(200));
    await decided(parts);
    expect(parts.engine.plan).toContain("below 34 rows a fake cpu (0.1 ms a row)");
  });

  it("carries a call that is under way on to the GPU, every row once and in order", async () => {
    const { engine, cpu, gpu } = make();
    const outputs = await engine.forward(rowsOf(10_000));
    const ran = [...cpu.calls, ...gpu.calls.slice(10)];
    expect(ran.reduce((a, b) => a + b)).toBe(10_000);
    expect(cpu.calls[0]).toBe(1024);
    expect(gpu.calls).toHaveLength(11); // timed, then the rest in one call
    const onCpu = cpu.calls.reduce((a, b) => a + b);
    expect([...outputs]).toEqual(
      Array.from({ length: 10_000 }, (_, row) => row + (row < onCpu ? 0.25 : 0.5)),
    );
  });

  it("keeps to the CPU where the GPU wins at no size, and lets the GPU go", async () => {
    const { engine, cpu, gpu, reasons } = await decided(make((rows) => 3 + 0.2 * rows));
    await engine.forward(rowsOf(100_000));
    expect([cpu.calls, gpu.calls, gpu.disposals]).toEqual([[100_000], [], 1]);
    expect(engine.plan).toBe("a fake cpu: quicker than the GPU at any number of rows");
    expect(reasons).toEqual([]);
  });

  it("keeps to the GPU where it wins even with one row", async () => {
    const { engine, gpu } = await decided(make((rows) => 0.001 * rows));
    await engine.forward(rowsOf(1));
    expect(gpu.calls).toEqual([1]);
    expect(engine.plan).toBe("a fake webgpu (0 ms + 0.001 ms a row)");
  });

  it("stays on the CPU where there is no GPU, and says why, once", async () => {
    const { engine, cpu, reasons, opened, whenOpened } = make();
    whenOpened(async () => {
      throw new DeviceError("No adapter.");
    });
    const outputs = await engine.forward(rowsOf(4000));
    expect([outputs.length, engine.backend]).toEqual([4000, "cpu"]);
    for (let i = 0; i < 9; i++) await engine.forward(rowsOf(900));
    await settle();
    expect([opened(), reasons]).toEqual([1, ["No adapter."]]);
    expect(engine.plan).toBe("a fake cpu: No adapter.");
    expect(cpu.calls.reduce((a, b) => a + b)).toBe(4000 + 9 * 900);
  });

  it("looks for no GPU when told that there is none", async () => {
    const { engine, reasons, opened } = make();
    engine.stayOnCpu("No WebGPU here.");
    await engine.forward(rowsOf(4000));
    expect([opened(), reasons]).toEqual([0, ["No WebGPU here."]]);
  });

  it("answers on the CPU when the GPU fails while it is tried, and tells the reason", async () => {
    const { engine, gpu, reasons } = make();
    const fault = new InternalError("a shader lost a binding.");
    gpu.fails = fault;
    await engine.forward(rowsOf(4000));
    await settle();
    expect(engine.plan).toBe(`a fake cpu: ${fault.message}`);
    expect([reasons, gpu.disposals]).toEqual([[fault.message], 1]);
  });

  it("answers on the CPU when the GPU is lost, this call and all others", async () => {
    const { engine, cpu, gpu, reasons } = await decided();
    gpu.fails = new DeviceError("The GPU was lost.");
    const outputs = await engine.forward(rowsOf(2000));
    expect([...outputs]).toEqual(Array.from({ length: 2000 }, (_, row) => row + 0.25));
    await engine.forward(rowsOf(3000));
    expect([cpu.calls, gpu.disposals, reasons]).toEqual([[2000, 3000], 1, ["The GPU was lost."]]);
  });

  it("does not hide a fault of the GPU it uses, nor an abort", async () => {
    const { engine, gpu } = await decided();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(engine.forward(rowsOf(2000), { signal })).rejects.toThrow("enough");
    gpu.fails = new InternalError("a shader lost a binding.");
    await expect(engine.forward(rowsOf(2000))).rejects.toThrow("internal: a shader lost a binding.");
  });

  it("hears an abort between slices", async () => {
    const controller = new AbortController();
    const { engine, cpu } = make(undefined, (rows) => {
      if (cpu.calls.length === 3) controller.abort(new Error("enough"));
      return 0.0001 * rows; // too quick to try a GPU
    });
    await expect(engine.forward(rowsOf(50_000), controller)).rejects.toThrow("enough");
    expect(cpu.calls).toEqual([1024, 1024, 1024]);
  });

  it("gives the weights, and frees both engines", async () => {
    const { engine, cpu, gpu } = await decided();
    expect((await engine.tensors()).get("of")).toEqual(Float32Array.of(1));
    engine.dispose();
    expect([cpu.disposals, gpu.disposals]).toEqual([1, 1]);
  });

  it("frees a GPU that opens after it was disposed", async () => {
    const { engine, gpu, reasons, whenOpened } = make();
    let open = (_: InferenceEngine) => {};
    whenOpened(() => new Promise((resolve) => (open = resolve)));
    await engine.forward(rowsOf(600));
    engine.dispose();
    open(gpu);
    await settle();
    expect([gpu.disposals, gpu.calls, reasons]).toEqual([1, [], []]);
  });

  it("gives nothing for no rows", async () => {
    expect(await make().engine.forward(rowsOf(0))).toHaveLength(0);
  });
});
