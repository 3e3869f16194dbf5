// slab: the variant "staged" of products, for GPUs. The 64 invocations of a workgroup that owns 64 by 64 of a product load
// sixteen steps of its sum into workgroup memory together, each value once, and multiply from there, 8 by 8 each: an eighth of
// the loads. A sum has the same terms in the same order as without a slab, so both variants give the same bits.
const SLAB: u32 = 16u;
const RIGHT: u32 = 256u;
var<workgroup> slab: array<vec4f, 512>;   // two halves [SLAB][16]: 64 rows of the block, then its 64 columns
var<workgroup> shared_end: u32;

// Where among a step's sixteen vec4 the one with the given number lies: those that neighbours read at once are neighbours.
fn place(four: u32) -> u32 {
  return four / 2u + 8u * (four % 2u);
}

// Four rows of four steps each, as matrices have them, into the slab, where a step's rows lie together.
fn stage(at: u32, a: vec4f, b: vec4f, c: vec4f, d: vec4f) {
  slab[at] = vec4f(a.x, b.x, c.x, d.x);
  slab[at + 16u] = vec4f(a.y, b.y, c.y, d.y);
  slab[at + 32u] = vec4f(a.z, b.z, c.z, d.z);
  slab[at + 48u] = vec4f(a.w, b.w, c.w, d.w);
}

// The end of the workgroup's sum, the same in all its invocations, as a value that the compiler knows to be so.
fn uniform_end(thread: u32, end: u32) -> u32 {
  if (thread == 0u) {
    shared_end = end;
  }
  return workgroupUniformLoad(&shared_end);
}

// tile += `steps` steps of the slab, once all of it is there; it may be overwritten afterwards.
fn add_slab(tile: ptr<function, Tile>, thread: u32, steps: u32) {
  workgroupBarrier();
  var u = thread / 8u;
  var p = RIGHT + thread % 8u;
  for (var step = 0u; step < steps; step++) {
    add_outer(tile, slab[u], slab[u + 8u], slab[p], slab[p + 8u]);
    u += 16u;
    p += 16u;
  }
  workgroupBarrier();
}
