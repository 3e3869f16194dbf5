/** What the command line runs inside its headless page: bundled into one file, called by name through runInPage. */
export { doctor } from "./doctor.ts";
export { lrFind } from "./lr_find.ts";
export { predict } from "./predict.ts";
export { train } from "./train.ts";
