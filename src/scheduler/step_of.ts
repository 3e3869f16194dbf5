import type { StepValues } from "./step_slots.ts";

/** The values of a step in which what is not named rests: nothing is learned, nothing dropped. */
export function stepOf(values: Partial<StepValues> & { readonly rows: number }): StepValues {
  return {
    row_start: 0,
    output_row: 0,
    loss_slot: 0,
    tick: 1,
    seed: 0,
    number: 0,
    lr: 0,
    decay: 1,
    mom: 0,
    sqr_mom: 0,
    eps: 1,
    mom_correction: 1,
    sqr_mom_correction: 1,
    ...values,
  };
}
