// step: what changes from step to step; one slot of a ring, chosen by a dynamic offset at replay.
struct Step {
  row_start: u32,      // where in the index buffer this batch begins
  rows: u32,           // rows in this batch
  output_row: u32,     // where in the predictions buffer an evaluation batch is written
  loss_slot: u32,      // where in the ring of losses this step's loss goes
  tick: u32,           // grows with every training step of this device, never repeats
  seed: u32,           // of dropout
  number: u32,         // the step counted from the start of training; keys dropout together with the seed
  lr: f32,
  decay: f32,          // 1 - lr * wd
  mom: f32,            // beta1
  sqr_mom: f32,        // beta2
  eps: f32,
  mom_correction: f32,     // 1 / (1 - mom^t)
  sqr_mom_correction: f32, // 1 / (1 - sqr_mom^t)
}
@group(0) @binding(0) var<uniform> step: Step;
