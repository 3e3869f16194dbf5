/** What the library tells developers to write, as the page says it: it has a field, a role or a box for that. */

/** What the library says, what the page says of a plan, and of a file to predict for where that is something else. */
type Replacement = readonly [said: RegExp, ofPlan: string, ofFile?: string];

const REPLACEMENTS: readonly Replacement[] = [
  [
    /Leave out rows that are not positive, or logTarget\./,
    "Switch the logarithm off, or correct the rows.",
    "Correct the rows.",
  ],
  [/Expand it with dates: \[[^\]]*\](, or use it as a category)?\./, "Give it the role “date”."],
  [/, or task: "regression"\./, ", or predict it as a number."],
  [/, or pass fillMissing: \{ addColumns: false \}\./, ", or ignore one of them."],
  [
    /, so there is no fill value\. Fill it first, or fit again with such rows\.$/,
    ". Fill it in the file, or ignore the column.",
    ". Fill it in the file, or tick “Fill gaps that training did not have” and bring the file again.",
  ],
  [
    /Correct it, leave the cell empty if it is unknown, or list the mark with readCsv\(.*\)\.$/,
    "Correct it, or leave the cell empty if it is unknown.",
  ],
  [/, or read the column as text: readCsv\(.*\)\.$/, "."],
  [
    /Read it as \w+: readCsv\(.*\)\.$/,
    "Ignore it, or use it as categories.",
    "Write it as it was for the training, and bring the file again.",
  ],
  [/Use it as a continuous column, or leave it out\.$/, "Give it the role “continuous” or “ignored”."],
  [/Leave it out\.$/, "Give it the role “ignored”."],
  [/Consider leaving it out\.$/, "Consider the role “ignored”."],
];

/** @param of what the message is about: the plan of a table, or a file to predict for */
export function inPageWords(message: string, of: "plan" | "file"): string {
  return REPLACEMENTS.reduce(
    (text, [said, ofPlan, ofFile = ofPlan]) => text.replace(said, of === "plan" ? ofPlan : ofFile),
    message,
  );
}
