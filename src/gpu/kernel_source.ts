import type { UniformFields } from "./uniform_fields.ts";

/**
 * How a kernel computes its products: "narrow" is every kernel as it stands; "wide" has larger blocks and shares loads within
 * subgroups of four (shaders/parts/block.wide.wgsl), "staged" shares them through workgroup memory (slab.staged.wgsl).
 */
export type Variant = "narrow" | "wide" | "staged";

/** A kernel with what it is compiled for. */
export interface KernelUse {
  readonly kernel: KernelSource;
  readonly overrides: Readonly<Record<string, number>>;
  /** The kernel must have it; "narrow" where left out. */
  readonly variant?: Variant;
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
  /** The parts of its other variants, where it has any: loaded where they run. */
  readonly variants: Readonly<
    Partial<Record<Exclude<Variant, "narrow">, () => Promise<readonly KernelPart[]>>>
  >;
  /** The uniform `dims`, binding 0. */
  readonly dims: UniformFields;
  /** The storage buffers, bindings 1, 2, … in this order. */
  readonly bindings: Readonly<
    Record<string, { readonly access: "read" | "read_write"; readonly element: string }>
  >;
  readonly overrides: Readonly<Record<string, number>>;
}

/** Whether a kernel can run in a variant. */
export function hasVariant(kernel: KernelSource, variant: Variant): boolean {
  return variant === "narrow" || kernel.variants[variant] !== undefined;
}

/** The parts of a kernel in one of its variants. */
export async function partsOf(
  kernel: KernelSource,
  variant: Variant = "narrow",
): Promise<readonly KernelPart[]> {
  return (variant !== "narrow" && (await kernel.variants[variant]?.())) || kernel.parts;
}

/**
 * What the variants "wide" ask of the compiler, before the first line's comment: four neighbours share what they load, also
 * where other neighbours go another way, which they never do alone.
 */
const WIDE_DIRECTIVES = "enable subgroups; diagnostic(off, subgroup_uniformity); ";

/** A kernel's whole WGSL, with the parts of a variant. */
export function kernelCode(
  kernel: KernelSource,
  parts: readonly KernelPart[] = kernel.parts,
  variant: Variant = "narrow",
): string {
  const code = [kernel.code, ...parts.map((part) => part.code)].join("\n");
  return variant === "wide" ? WIDE_DIRECTIVES + code : code;
}

/** Overrides that are not the default; a variant may have fixed the others. */
export function changedOverrides(
  kernel: KernelSource,
  overrides: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(overrides).filter(([name, value]) => kernel.overrides[name] !== value),
  );
}

/** What makes a pipeline distinct: the kernel, its variant and what its overrides are where not the default. */
export function pipelineKey({ kernel, overrides, variant = "narrow" }: KernelUse): string {
  const changed = Object.entries(changedOverrides(kernel, overrides));
  const named = variant === "narrow" ? [] : [variant];
  return [kernel.name, ...named, ...changed.map(([name, value]) => `${name}=${value}`)].join(" ");
}
