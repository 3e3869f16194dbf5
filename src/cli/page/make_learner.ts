import type { PageContext } from "../../headless/page_protocol.ts";
import {
  type Learner,
  type LearnerOptions,
  type Metric,
  metricByName,
  type Progress,
  readCsv,
  type Table,
  TabularData,
  tabularLearner,
} from "../../index.ts";
import { trainableCount } from "../../model/parameters.ts";
import { Random } from "../../random.ts";
import { storeSalesSample } from "../../sample/store_sales.ts";
import type { DataSpec, DataSummary, LearnerSpec, PageEvent } from "../page_api.ts";
import { csvOptions } from "../read_spec.ts";
import { targetWarnings } from "../target_warnings.ts";

type Context = PageContext<PageEvent>;

export interface Made {
  readonly data: TabularData;
  readonly learner: Learner;
  /** Trainable numbers of the model. */
  readonly parameters: number;
  /** Some validation rows, drawn by the seed, and their place in the table. */
  readonly exampleRows: Uint32Array;
  readonly examples: Table;
}

const EXAMPLES = 5;
const EXAMPLES_STREAM = 0x30000;

/** Reads the table, prepares it, builds the model, and tells of each. */
export async function makeLearner(spec: LearnerSpec, context: Context): Promise<Made> {
  const table = await loadTable(spec.data, context);
  const data = TabularData.from(table, spec.tabular);
  context.emit({ kind: "data", summary: summarize(table, data, spec) });
  const { bs, recipe, seed } = spec;
  const options: LearnerOptions = {
    ...spec.model,
    metrics: metricsFor(spec.metrics, data),
    bs,
    recipe,
    seed,
    gpu: context.gpu,
  };
  const onProgress = (progress: Progress) => context.emit({ kind: "progress", progress });
  const learner = await tabularLearner(data, { ...options, onProgress });
  const parameters = trainableCount(learner.model.config);
  context.emit({ kind: "model", text: String(learner.model), parameters });
  // The table itself is not kept: a large one would sit beside the training for hours.
  const exampleRows = draw(data.validRows, seed);
  return { data, learner, parameters, exampleRows, examples: table.take(exampleRows) };
}

async function loadTable(spec: DataSpec, context: Context): Promise<Table> {
  if ("sample" in spec) return storeSalesSample(spec.sample).table;
  return readCsv(context.url(spec.file), {
    ...csvOptions(spec),
    signal: context.signal,
    onProgress: (progress) => context.emit({ kind: "reading", ...progress }),
  });
}

function draw(rows: Uint32Array, seed: number): Uint32Array {
  return new Random(seed, EXAMPLES_STREAM).shuffle(rows.slice()).slice(0, EXAMPLES).sort();
}

/** The metrics asked for, else the one people expect for the target. */
function metricsFor(names: readonly string[], data: TabularData): Metric[] {
  if (names.length > 0) return names.map(metricByName);
  const { target } = data.preprocessing;
  switch (target.task) {
    case "regression":
      return [metricByName(target.log ? "exp_rmspe" : "rmse")];
    case "classification":
      return [metricByName("accuracy")];
    case "multilabel":
      return [metricByName("accuracy_multi")];
  }
}

function summarize(table: Table, data: TabularData, spec: LearnerSpec): DataSummary {
  const { categorical, continuous, target } = data.preprocessing;
  return {
    rows: table.rows,
    trainRows: data.trainRows.length,
    validRows: data.validRows.length,
    categorical: categorical.map(({ name }) => name),
    continuous: continuous.map(({ name }) => name),
    target: target.names,
    task: target.task === "regression" && target.log ? "regression of the logarithm" : target.task,
    warnings: [...data.warnings, ...targetWarnings(data, spec)],
  };
}
