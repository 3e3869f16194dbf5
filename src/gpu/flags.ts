/**
 * WebGPU's flag constants, fixed by its specification. The globals of that name exist in browsers only: Node's package
 * `webgpu` hands out a `GPU` object, and nothing here may need more than that.
 */
export const BufferUsage = {
  MAP_READ: 0x0001,
  COPY_SRC: 0x0004,
  COPY_DST: 0x0008,
  UNIFORM: 0x0040,
  STORAGE: 0x0080,
  QUERY_RESOLVE: 0x0200,
} as const;

export const MapMode = { READ: 0x0001 } as const;

export const ShaderStage = { COMPUTE: 0x4 } as const;
