// block: how a product is cut. An invocation owns BLOCK_ROWS rows by BLOCK_COLUMNS4 · 4 columns of it. A workgroup that owns
// 64 by 64 of a product has 64 invocations, BESIDE of them beside each other; one that owns whole columns lays LANES of them beside each other, and so owns
// COLUMNS4 · 4 columns.
const BLOCK_ROWS: u32 = 8u;
const BLOCK_COLUMNS4: u32 = 2u;
const LANES: u32 = 1u;
const COLUMNS4: u32 = 2u;
const BESIDE: u32 = 8u;

// A product that has too few blocks to fill a GPU is cut along its sum as well: SLICES (1, 2, 4 or 8) invocations share a
// block, each takes every SLICES-th step, and one after the other emits its part: `emit` stores what comes in the first
// turn and adds what comes in the others.
override SLICES: u32 = 1;
var<private> turn: u32;
