/** Everything heavy runs here. The page calls these jobs by Comlink and draws what they return. */
import { expose } from "comlink";
import { dataJobs } from "../data/job.ts";
import { insideJobs } from "../inside/job.ts";
import { lrFinderJobs } from "../lr_finder/job.ts";
import { modelJobs } from "../model/job.ts";
import { predictionJobs } from "../predictions/job.ts";
import { takeAwayJobs } from "../take_away/job.ts";
import { trainingJobs } from "../training/job.ts";
import { understandingJobs } from "../understanding/job.ts";
import { Workbench } from "./workbench.ts";

const bench = new Workbench();
const studio = {
  ...dataJobs(bench),
  ...modelJobs(bench),
  ...lrFinderJobs(bench),
  ...trainingJobs(bench),
  ...insideJobs(bench),
  ...predictionJobs(bench),
  ...understandingJobs(bench),
  ...takeAwayJobs(bench),
};

export type Studio = typeof studio;

expose(studio);
