/** WGSL, and where it comes from. */
export interface KernelCode {
  readonly code: string;
  /** The parts joined behind the kernel's own file, and the line of `code` at which each begins. */
  readonly parts: readonly { readonly name: string; readonly line: number }[];
}

/** A kernel with what it is compiled for. */
export interface KernelUse {
  readonly kernel: KernelSource;
  readonly overrides: Readonly<Record<string, number>>;
  /** Whether the variant "wide" runs; the kernel must have one. */
  readonly wide?: boolean;
}

/** A kernel's source and interface, as `scripts/generate_shaders.mjs` reads them from `shaders/<name>.wgsl`. */
export interface KernelSource extends KernelCode {
  readonly name: string;
  /** The same with larger blocks of products per invocation (shaders/parts/block.wide.wgsl), where there is such a variant. */
  readonly wide?: KernelCode | null;
  readonly usesStep: boolean;
  readonly dims: {
    readonly binding: number;
    readonly size: number;
    readonly fields: Readonly<
      Record<string, { readonly offset: number; readonly type: "u32" | "i32" | "f32" }>
    >;
  };
  readonly bindings: Readonly<
    Record<
      string,
      { readonly binding: number; readonly access: "read" | "read_write"; readonly element: string }
    >
  >;
  readonly overrides: Readonly<Record<string, number>>;
}

/** What makes a pipeline distinct: the kernel, its variant and its overrides. */
export function pipelineKey(use: KernelUse): string {
  const overrides = Object.entries(use.overrides).map(([name, value]) => `${name}=${value}`);
  return [use.kernel.name, ...(use.wide ? ["wide"] : []), ...overrides].join(" ");
}
