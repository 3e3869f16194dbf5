import { describe, expect, it } from "vitest";
import { cpuInferenceEngine } from "../../src/cpu/cpu_inference.ts";
import { randomCodes, randomFloats } from "../../src/doctor/random_arrays.ts";
import { Random } from "../../src/random.ts";
import { listedConfig } from "../support/model_configs.ts";
import { trainedTensors } from "../support/trained_tensors.ts";

/** The engine as a frame loads it whose Content-Security-Policy is `policy`. */
async function engineUnder(policy: string): Promise<typeof cpuInferenceEngine> {
  const module = new URL("../../src/cpu/cpu_inference.ts", import.meta.url).href;
  const frame = document.createElement("iframe");
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="${policy}">
    <script type="module">
      import("${module}").then(
        (loaded) => {
          window.cpuInferenceEngine = loaded.cpuInferenceEngine;
          parent.postMessage({ engine: "loaded" }, "*");
        },
        (error) => parent.postMessage({ engine: String(error) }, "*"),
      );
    </script>`;
  const loaded = new Promise<string>((resolve) => {
    addEventListener("message", ({ data }) => data.engine && resolve(data.engine));
  });
  document.body.append(frame);
  expect(await loaded).toBe("loaded");
  return (frame.contentWindow as unknown as { cpuInferenceEngine: typeof cpuInferenceEngine })
    .cpuInferenceEngine;
}

describe("in a page whose Content-Security-Policy", () => {
  const config = listedConfig({ layers: [37, 18], outputs: 3 });
  const tensors = trainedTensors(config);
  const random = new Random(3);
  const rows = {
    rows: 9,
    codes: randomCodes(random, config.embeddingSizes, 9),
    continuous: randomFloats(random, 18),
  };
  const scripts = `script-src ${location.origin} 'unsafe-inline'`;

  it("allows WebAssembly, the engine runs it", async () => {
    const engine = (await engineUnder(`${scripts} 'wasm-unsafe-eval'`))(config, tensors);
    expect(engine.description).toBe("f32 on the CPU (WebAssembly SIMD)");
    expect([...(await engine.forward(rows))]).toEqual([
      ...(await cpuInferenceEngine(config, tensors).forward(rows)),
    ]);
  });

  it("forbids WebAssembly, the engine predicts the same in JavaScript", async () => {
    const engine = (await engineUnder(scripts))(config, tensors);
    expect(engine.description).toBe("f32 on the CPU (JavaScript)");
    expect([...(await engine.forward(rows))]).toEqual([
      ...(await cpuInferenceEngine(config, tensors).forward(rows)),
    ]);
  });
});
