/** Types of generate_shaders.mjs, for its tests. */

export interface ReflectedPart {
  readonly name: string;
  readonly line: number;
}

export interface ReflectedKernel {
  readonly name: string;
  readonly code: string;
  readonly parts: readonly ReflectedPart[];
  /** The same with the parts of a variant, by its name, where the kernel has it. */
  readonly variants: Readonly<
    Record<string, { readonly code: string; readonly parts: readonly ReflectedPart[] }>
  >;
  /** Fields of the step slot, where the kernel has it. */
  readonly step: Readonly<Record<string, string>> | null;
  readonly dims: Readonly<Record<string, string>>;
  readonly bindings: Readonly<Record<string, { readonly access: string; readonly element: string }>>;
  readonly overrides: Readonly<Record<string, number>>;
}

export function stripWgsl(code: string): string;
export function reflectKernel(
  name: string,
  source: string,
  parts: ReadonlyMap<string, string>,
): ReflectedKernel;
export function reflectAll(): ReflectedKernel[];
export function generatedFiles(): Map<string, string>;
