/** A uniform struct of scalars: its fields in order, 4 bytes each. */
export type UniformFields = Readonly<Record<string, "u32" | "i32" | "f32">>;

/** Bytes of the struct: whole vec4s. */
export function uniformBytes(fields: UniformFields): number {
  return 16 * Math.ceil(Object.keys(fields).length / 4);
}

/** Writes the struct from byte `offset` on: floats in single precision, whole numbers modulo 2³². */
export function writeUniforms(
  view: DataView,
  offset: number,
  fields: UniformFields,
  values: Readonly<Record<string, number>>,
): void {
  Object.entries(fields).forEach(([name, type], i) => {
    if (type === "f32") view.setFloat32(offset + 4 * i, values[name], true);
    else view.setUint32(offset + 4 * i, values[name], true);
  });
}

/** The values as a shader reads them: floats in single precision, whole numbers modulo 2³². */
export function uniformValues<Fields extends UniformFields>(
  fields: Fields,
  values: { readonly [Name in keyof Fields]: number },
): { [Name in keyof Fields]: number } {
  return Object.fromEntries(
    Object.entries(fields).map(([name, type]) => [
      name,
      type === "f32" ? Math.fround(values[name]) : values[name] >>> 0,
    ]),
  ) as { [Name in keyof Fields]: number };
}
