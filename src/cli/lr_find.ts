import { basename } from "node:path";
import type { Command } from "commander";
import { readHeader } from "./csv_header.ts";
import { runJob } from "./engine.ts";
import type { Job } from "./job.ts";
import {
  addAdapterOption,
  addDataOptions,
  addModelOptions,
  type LearnerFlags,
  learnerSpec,
} from "./learner_options.ts";
import { lossChart } from "./loss_chart.ts";
import type * as PageFunctions from "./page/index.ts";
import type { LrFindOutcome } from "./page_api.ts";
import type { Terminal } from "./terminal.ts";
import { textTable } from "./text_table.ts";
import { TrainingReport } from "./training_report.ts";

const RULES = {
  valley: "about halfway along the longest fall: fastai's default",
  steep: "where the loss falls fastest",
  minimum: "a tenth of the rate with the lowest loss",
  slide: "left of the steep rise at the end",
} as const;

export function addLrFindCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("lr-find")
    .argument("<data.csv>", "table with a header line; .csv or .csv.gz")
    .description("Try growing learning rates for some steps and suggest one, as fastai's lr_find does");
  addModelOptions(addDataOptions(command)).option("--json", "print one JSON object instead of text");
  addAdapterOption(command).action(async (path: string, flags: LearnerFlags & { json?: boolean }) => {
    const spec = learnerSpec(path, await readHeader(path, flags), flags);
    const report = new TrainingReport(terminal, flags.json ?? false);
    try {
      const job: Job<typeof PageFunctions.lrFind> = {
        module: terminal.pageModule,
        function: "lrFind",
        argument: spec,
        files: { [`data/${basename(path)}`]: path },
        onEvent: report.take,
        onEngine: report.engine,
        onWarning: report.warn,
        signal: terminal.signal,
      };
      const { value } = await runJob(job, flags);
      if (flags.json) report.json({ event: "result", ...value, ...report.engineJson() });
      else report.print(lossChart(value.lrs, value.losses), "", suggestions(value), ...ready(value));
    } finally {
      report.clear();
    }
  });
}

/** The default rule's rate as it is typed. */
function ready({ valley }: LrFindOutcome): string[] {
  return valley === null ? [] : ["", `to train with it: --lr ${valley.toExponential(1)}`];
}

function suggestions(found: LrFindOutcome): string {
  const rows = Object.entries(RULES).map(([name, rule]) => {
    const rate = found[name as keyof typeof RULES];
    return [name, rate === null ? "-" : rate.toExponential(2), rule];
  });
  return textTable(["rule", "lr", ""], rows);
}
