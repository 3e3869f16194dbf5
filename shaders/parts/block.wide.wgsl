// block, wide: 16 rows by 16 columns, half the loads per product of 8 by 8.
const BLOCK: u32 = 16u;
const LANES: u32 = 4u;
const COLUMNS4: u32 = 16u;
const THREADS_64: u32 = 16u;

// A software adapter has nothing to fill: blocks are not cut.
override SLICES: u32 = 1;
const turn: u32 = 0u;
