/** Where a command reads its surroundings from and writes to; tests hand in their own. */
export interface Terminal {
  /** Results: the table of epochs, predictions, JSON lines. */
  out(text: string): void;
  /** Everything about the run that is no result. */
  err(text: string): void;
  /** Where a progress bar may be drawn; undefined where stderr is no terminal. */
  readonly bar: NodeJS.WriteStream | undefined;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Path of the bundle of src/cli/page. */
  readonly pageModule: string;
}
