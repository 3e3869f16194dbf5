export interface AdamHyper {
  lr: number;
  /** β₁ as scheduled now, in the bias correction too. */
  mom: number;
  /** β₂. */
  sqrMom: number;
  eps: number;
  /** Decoupled weight decay; 0 for a tensor that does not decay. */
  wd: number;
}

export interface AdamState {
  m: Float64Array;
  v: Float64Array;
  /** Steps taken so far. */
  t: number;
}

export function adamState(length: number): AdamState {
  return { m: new Float64Array(length), v: new Float64Array(length), t: 0 };
}

/** One step of Adam with decoupled weight decay (AdamW, Loshchilov & Hutter 2019), in place, as fastai takes it. */
export function adamStep(
  parameter: Float64Array,
  gradient: Float64Array,
  state: AdamState,
  hyper: AdamHyper,
): void {
  const { lr, mom, sqrMom, eps, wd } = hyper;
  state.t++;
  for (let i = 0; i < parameter.length; i++) {
    parameter[i] *= 1 - lr * wd;
    state.m[i] = mom * state.m[i] + (1 - mom) * gradient[i];
    state.v[i] = sqrMom * state.v[i] + (1 - sqrMom) * gradient[i] ** 2;
    const unbiasedV = state.v[i] / (1 - sqrMom ** state.t);
    parameter[i] -= ((lr / (1 - mom ** state.t)) * state.m[i]) / (Math.sqrt(unbiasedV) + eps);
  }
}
