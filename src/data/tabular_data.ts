import { DataError, OptionError } from "../errors.ts";
import { fitCategorify } from "./categorify.ts";
import { contCatSplit } from "./cont_cat_split.ts";
import { continuousValues } from "./continuous.ts";
import { applyFillMissing, fitFillMissing } from "./fill_missing.ts";
import { fitNormalize } from "./normalize.ts";
import {
  type ContinuousState,
  type EncodedTable,
  encodeExpanded,
  expandDates,
  NA_SUFFIX,
  type PreprocessingState,
  targetOutputs,
  type Vocab,
  wasMissing,
} from "./preprocessing.ts";
import { splitRows } from "./split.ts";
import type { Table } from "./table.ts";
import { checkTabularOptions, dateParts, type TabularDataOptions } from "./tabular_options.ts";
import { fitTarget, rowsOfUnknownClass } from "./target.ts";
import { dataWarnings } from "./warnings.ts";

export type { DateExpansion, TabularDataOptions } from "./tabular_options.ts";

/** A table made ready for training: preprocessing fitted on the training rows, all rows encoded, in table order. */
export class TabularData {
  readonly preprocessing: PreprocessingState;
  /** Every row of the table, targets included (NaN in the rows v1 drops; see `validRows`). */
  readonly encoded: EncodedTable;
  /** Rows to train on, ascending. */
  readonly trainRows: Uint32Array;
  /** Rows to validate on; empty for valid: "none". v1 drops those of a class that training never saw. */
  readonly validRows: Uint32Array;
  /** Categories per categorical column, "#na#" included: the embeddings' row counts. */
  readonly cardinalities: number[];
  /** Width of the model's output. */
  readonly outputs: number;
  /** What looks odd about the data but is no error: one sentence each. */
  readonly warnings: readonly string[];

  private constructor(
    preprocessing: PreprocessingState,
    encoded: EncodedTable,
    trainRows: Uint32Array,
    validRows: Uint32Array,
    warnings: readonly string[],
  ) {
    this.preprocessing = preprocessing;
    this.encoded = encoded;
    this.trainRows = trainRows;
    this.validRows = validRows;
    this.warnings = warnings;
    this.cardinalities = preprocessing.categorical.map(({ levels }) => levels.length + 1);
    this.outputs = targetOutputs(preprocessing.target);
  }

  get recipe(): "v1" | "v2" {
    return this.preprocessing.recipe;
  }

  /**
   * Splits the rows, fits FillMissing, Categorify and Normalize on the training rows, and encodes the whole table.
   *
   * @throws {OptionError} for options that contradict each other or the table
   * @throws {DataError} for data that cannot be learned from
   */
  static from(source: Table, options: TabularDataOptions): TabularData {
    checkTabularOptions(source, options);
    const recipe = options.recipe ?? "v2";
    const expanded = dateParts(options);
    const table = expandDates(source, { dateParts: expanded });
    const { categorical, continuous } = chooseColumns(table, options);
    if (categorical.length + continuous.length === 0) {
      throw new OptionError("There is no input column: name at least one in categorical or continuous.");
    }

    const split = splitRows(table, options.valid ?? { fraction: 0.2 }, options.seed);
    const { trainRows } = split;
    const target = fitTarget(table, trainRows, { ...options, recipe });
    // v1 drops validation rows of a class that training never saw; v2 fails on them in the loss, here at once.
    const unknown = recipe === "v1" ? rowsOfUnknownClass(table, target, split.validRows) : new Uint32Array();
    const dropped = new Set(unknown);
    const validRows = split.validRows.filter((row) => !dropped.has(row));
    if (dropped.size > 0 && validRows.length === 0) {
      throw new DataError(
        `No validation row has a class of "${target.names[0]}" that training saw. Split so that both parts see every class.`,
      );
    }

    const state: PreprocessingState = {
      version: 1,
      recipe,
      ...fitColumns(table, trainRows, categorical, continuous, options),
      fillStrategy: options.fillMissing?.strategy ?? "median",
      addNaColumns: options.fillMissing?.addColumns ?? true,
      dateParts: expanded,
      target,
    };
    const unknownClass = recipe === "v1" ? "nan" : "throw";
    const encoded = encodeExpanded(table, state, {
      targets: "required",
      lenient: options.lenient,
      unknownClass,
    });
    const warnings = dataWarnings(table, state, trainRows, unknown.length);
    return new TabularData(state, encoded, trainRows, validRows, warnings);
  }
}

/** The user's lists, or cont_cat_split of all columns that are no target. */
function chooseColumns(table: Table, options: TabularDataOptions) {
  const { categorical, continuous, target, valid, exclude = [] } = options;
  if (categorical || continuous) {
    const chosen = { categorical: categorical ?? [], continuous: continuous ?? [] };
    for (const name of [...chosen.categorical, ...chosen.continuous]) table.column(name);
    return chosen;
  }
  const targets = typeof target === "string" ? [target] : target;
  const splitColumn = typeof valid === "object" && "column" in valid ? [valid.column] : [];
  const dates = dateParts(options).map(({ column }) => column);
  for (const name of exclude) table.column(name);
  return contCatSplit(table, options.maxCard, [...targets, ...splitColumn, ...dates, ...exclude]);
}

/** FillMissing → Categorify → Normalize, each fitted on the training rows. */
function fitColumns(
  table: Table,
  trainRows: Uint32Array,
  categorical: readonly string[],
  continuous: readonly string[],
  options: TabularDataOptions,
): Pick<PreprocessingState, "categorical" | "continuous" | "fillMissing"> {
  const { recipe = "v2", fillMissing: fillOptions = {} } = options;
  const addColumns = fillOptions.addColumns ?? true;
  const vocabs: Vocab[] = categorical.map((name) => fitCategorify(table.column(name), trainRows));
  const fillMissing: Record<string, number> = {};
  const statistics: ContinuousState[] = continuous.map((name) => {
    const column = table.column(name);
    const values = continuousValues(column);
    const fill = fitFillMissing(name, values, trainRows, fillOptions);
    if (fill === undefined) return fitNormalize(name, values, trainRows, recipe);
    fillMissing[name] = fill;
    if (addColumns) {
      if (table.has(name + NA_SUFFIX)) {
        throw new OptionError(
          `Filling the gaps of "${name}" would add a column "${name}${NA_SUFFIX}", which the table already has. Rename that one, or pass fillMissing: { addColumns: false }.`,
        );
      }
      vocabs.push(fitCategorify(wasMissing(column), trainRows));
    }
    return fitNormalize(name, applyFillMissing(name, values, fill, false, fill), trainRows, recipe);
  });
  return { categorical: vocabs, continuous: statistics, fillMissing };
}
