// block, wide: 16 rows by 8 columns, for software adapters whose subgroups are four invocations beside each other. The four
// work on the same rows: each loads a quarter of them and hands it to the others, which is cheaper than to load.
const BLOCK_ROWS: u32 = 16u;
const LANES: u32 = 4u;
const COLUMNS4: u32 = 8u;
const THREADS_64: u32 = 32u;

// A software adapter has nothing to fill: blocks are not cut.
override SLICES: u32 = 1;
const turn: u32 = 0u;
