import type { ActivationOptions, LayerActivations } from "./activation_probe.ts";
import type { Callback } from "./callbacks.ts";

/** All layers at one moment of a training. */
export interface ActivationLook {
  /** Steps done before, counted within the fit. */
  readonly step: number;
  /** From the front of the network to its end. */
  readonly layers: readonly LayerActivations[];
}

export interface ActivationStatsOptions extends ActivationOptions {
  /** Steps between two looks. Default 10. Each costs a forward pass, and reading its activations back. */
  readonly every?: number;
  /** Told of every look as it is taken; training waits for it. */
  readonly onStats?: (look: ActivationLook) => void | Promise<void>;
}

/** One layer over time, as charts draw it; one element a look. */
export interface LayerStats {
  readonly step: number[];
  readonly mean: number[];
  readonly std: number[];
  readonly nearZero: number[];
  /** Counts of each look's histogram: fastai's "colourful dimension" when drawn as columns of colour. */
  readonly histogram: Uint32Array[];
}

/** A callback that watches the activations of every layer while a model trains. */
export interface ActivationStats extends Callback {
  readonly every: number;
  /** The looks of the latest fit. */
  readonly looks: readonly ActivationLook[];
  /** One layer over time, by its name, "layers.0.1" for example; empty before the first look. */
  layerStats(name: string): LayerStats;
}

/**
 * fastai's ActivationStats: mean, standard deviation, share near zero and histogram of every layer's activations, every
 * `every` steps. What it sees is the coming training batch with batch statistics and without dropout; the training
 * itself goes on as without it, bit for bit.
 *
 * ```ts
 * const stats = activationStats({ every: 20 });
 * await learner.fitOneCycle(5, 1e-2, { callbacks: [stats] });
 * stats.layerStats("layers.0.1").std; // after the first ReLU
 * ```
 */
export function activationStats(options: ActivationStatsOptions = {}): ActivationStats {
  const { every = 10, onStats, ...how } = options;
  let looks: ActivationLook[] = [];
  return {
    every,
    get looks() {
      return looks;
    },
    layerStats(name) {
      const found = looks.flatMap(({ step, layers }) =>
        layers.filter((layer) => layer.name === name).map((layer) => ({ step, ...layer })),
      );
      return {
        step: found.map(({ step }) => step),
        mean: found.map(({ mean }) => mean),
        std: found.map(({ std }) => std),
        nearZero: found.map(({ nearZero }) => nearZero),
        histogram: found.map(({ histogram }) => histogram.counts),
      };
    },
    onFitBegin() {
      looks = [];
    },
    async onLook({ step, activations }) {
      const look = { step, layers: await activations(how) };
      looks.push(look);
      await onStats?.(look);
    },
  };
}
