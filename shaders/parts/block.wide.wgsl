// block, wide: 16 rows by 4 columns, for software adapters whose subgroups are four invocations beside each other. The four
// work on the same rows: each loads a quarter of them, and the others have it by a swap, which is far cheaper than to load.
const BLOCK_ROWS: u32 = 16u;
const BLOCK_COLUMNS4: u32 = 1u;
const LANES: u32 = 4u;
const COLUMNS4: u32 = 4u;
const BESIDE: u32 = 16u;

// A software adapter has nothing to fill: blocks are not cut.
const SLICES: u32 = 1u;
const turn: u32 = 0u;
