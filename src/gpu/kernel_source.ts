import type { UniformFields } from "./uniform_fields.ts";

/** A kernel with what it is compiled for. */
export interface KernelUse {
  readonly kernel: KernelSource;
  readonly overrides: Readonly<Record<string, number>>;
  /** Whether the variant "wide" runs; the kernel must have one. */
  readonly wide?: boolean;
}

/** A file of shaders/parts, to be joined behind a kernel's own. */
export interface KernelPart {
  readonly name: string;
  readonly code: string;
}

/** A kernel's source and interface, as `scripts/generate_shaders.mjs` reads them from `shaders/<name>.wgsl`. */
export interface KernelSource {
  readonly name: string;
  /** The kernel's own file. */
  readonly code: string;
  readonly parts: readonly KernelPart[];
  /** Other parts: larger blocks of products and shared loads (shaders/parts/block.wide.wgsl), where there is such a variant. */
  readonly wide?: readonly KernelPart[] | null;
  /** The uniform `dims`, binding 0. */
  readonly dims: UniformFields;
  /** The storage buffers, bindings 1, 2, … in this order. */
  readonly bindings: Readonly<
    Record<string, { readonly access: "read" | "read_write"; readonly element: string }>
  >;
  readonly overrides: Readonly<Record<string, number>>;
}

/** The parts of a kernel, or of its variant "wide". */
export function partsOf(kernel: KernelSource, wide = false): readonly KernelPart[] {
  return (wide && kernel.wide) || kernel.parts;
}

/**
 * What the variants "wide" ask of the compiler, before the first line's comment: four neighbours share what they load, also
 * where other neighbours go another way, which they never do alone.
 */
const WIDE_DIRECTIVES = "enable subgroups; diagnostic(off, subgroup_uniformity); ";

/** A kernel's whole WGSL. */
export function kernelCode(kernel: KernelSource, wide = false): string {
  const code = [kernel.code, ...partsOf(kernel, wide).map((part) => part.code)].join("\n");
  return wide && kernel.wide ? WIDE_DIRECTIVES + code : code;
}

/** What makes a pipeline distinct: the kernel, its variant and what its overrides are where not the default. */
export function pipelineKey({ kernel, overrides, wide }: KernelUse): string {
  const changed = Object.entries(overrides).filter(([name, value]) => kernel.overrides[name] !== value);
  return [kernel.name, ...(wide ? ["wide"] : []), ...changed.map(([name, value]) => `${name}=${value}`)].join(
    " ",
  );
}
