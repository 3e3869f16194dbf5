// block: how a product is cut. An invocation owns BLOCK_ROWS rows by 8 columns of it: few rows for GPUs, which have many
// invocations and few registers for each; more (the variant "wide") for software adapters, which pay for every load.
// A workgroup that owns whole columns lays LANES invocations beside each other, and so owns COLUMNS4 · 4 columns; one that
// owns 64 by 64 of a product has THREADS_64 invocations, eight beside each other.
const BLOCK_ROWS: u32 = 8u;
const LANES: u32 = 1u;
const COLUMNS4: u32 = 2u;
const THREADS_64: u32 = 64u;

// A product that has too few blocks to fill a GPU is cut along its sum as well: SLICES (1, 2, 4 or 8) invocations share a
// block, each takes every SLICES-th step, and one after the other emits its part: `emit` stores what comes in the first
// turn and adds what comes in the others.
override SLICES: u32 = 1;
var<private> turn: u32;
