/** A kernel's source and interface, as `scripts/generate_shaders.mjs` reads them from `shaders/<name>.wgsl`. */
export interface KernelSource {
  readonly name: string;
  readonly code: string;
  /** The parts joined behind the kernel's own file, and the line of `code` at which each begins. */
  readonly parts: readonly { readonly name: string; readonly line: number }[];
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

/** What makes a pipeline distinct: the kernel and its overrides. */
export function pipelineKey(use: {
  readonly kernel: KernelSource;
  readonly overrides: Readonly<Record<string, number>>;
}): string {
  const overrides = Object.entries(use.overrides).map(([name, value]) => `${name}=${value}`);
  return [use.kernel.name, ...overrides].join(" ");
}
