import type { KernelSource } from "../../src/gpu/kernel_source.ts";

/** A kernel with one part; `faultIn` plants an unknown function in line 3 of its own file, or in line 2 of the part. */
export function plantedKernel(faultIn: "kernel" | "part" | "nowhere"): KernelSource {
  const own = [
    "struct Dims { count: u32 }",
    "@group(1) @binding(0) var<uniform> dims: Dims;",
    `fn first() -> u32 { return ${faultIn === "kernel" ? "no_such_function(1u)" : "1u"}; }`,
    "@group(1) @binding(1) var<storage, read_write> y: array<u32>;",
    "@compute @workgroup_size(1) fn planted() { y[0] = first() + second() + dims.count; }",
  ];
  const part = ["fn second() -> u32 {", `return ${faultIn === "part" ? "no_such_function(2u)" : "2u"};`, "}"];
  return {
    name: "planted",
    code: own.join("\n"),
    parts: [{ name: "second", code: part.join("\n") }],
    variants: {},
    dims: { count: "u32" },
    bindings: { y: { access: "read_write", element: "u32" } },
    overrides: {},
  };
}
