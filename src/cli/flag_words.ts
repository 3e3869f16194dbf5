/**
 * The library's messages name its options as a program writes them; on the command line they are flags. One table:
 * what a message says, and what a person at a terminal types instead.
 */
const PATTERNS: readonly (readonly [RegExp, string | ((match: string, ...groups: string[]) => string)])[] = [
  // Which rows validate. There is no flag for "none".
  [/, or pass valid: "none" to train on all\./g, "."],
  [
    /valid: \{"(first|last|fraction|column)":("(?:[^"\\]|\\.)*"|[^,}]+)[^}]*\}/g,
    (_, key, value) => `--valid-${key} ${value.startsWith('"') ? listWord(JSON.parse(value)) : value}`,
  ],
  [/(?<!")\bvalid\.(first|last|fraction)\b/g, "--valid-$1"],

  // How the file is read.
  [/readCsv\(file, \{ encoding: "([^"]*)" \}\)/g, "--encoding $1"],
  [/(?<!")\bencoding is "/g, '--encoding is "'],
  [/readCsv\(file, \{ (types: \{ "[^"]*": "\w+" \}) \}\)/g, "$1"],
  [/types: \{ "([^"]*)": "(\w+)" \}/g, (_, name, kind) => `--types ${listWord(name, `=${kind}`)}`],
  [/readCsv\(file, \{ missing: \["", "([^"]*)"\] \}\)/g, (_, mark) => `--missing ${listWord(mark)}`],
  [/add "([^"]*)" to missing\b/g, (_, mark) => `give --missing ${listWord(mark)}`],
  [
    /^(.* because of cells like "([^"]*)" in .*) Correct such cells, or leave them empty\.$/gs,
    (_, text, mark) =>
      `${text} Correct such cells, leave them empty, or give --missing ${listWord(mark)} if that means unknown.`,
  ],
  [/read the column as another type\b/g, "read the column as another type (--types)"],
  [
    /Fill it first, or fit again with such rows\./g,
    "Fill it first, train again with such rows, or give --lenient, which takes the column's training mean.",
  ],
  [/(?<!")\blenient: true\b/g, "--lenient"],

  // Columns.
  [/\bdates: \["([^"]*)"\]/g, (_, name) => `--dates ${listWord(name)}`],
  [/(?<!")\bdates expands "/g, '--dates expands "'],
  [/Name some in categorical or continuous:/g, "Name some in --cat or --cont:"],
  [/name at least one in categorical or continuous\./g, "name at least one in --cat or --cont."],
  [/^(target|categorical|continuous) names "/g, (_, list) => `${LISTS[list]} names "`],
  [/Take it out of (categorical|continuous)\./g, (_, list) => `Take it out of ${LISTS[list]}.`],
  [/Use it as a continuous column, or leave it out\./g, "Use it as a number (--cont), or leave it out."],
  [
    /^exclude only serves (.*) with categorical or continuous given/g,
    "--exclude only serves $1 with --cat or --cont given",
  ],
  [/^yRange is for regression, (.*) Leave it out\.$/g, "--y-range is for regression, $1 Leave it out."],
  [
    /^(Column "([^"]*)" .*)\b([Ll]eave it out)\.$/gs,
    (_, text, name, leave) => `${text}${leave}: ${exclude(name)}.`,
  ],
  [
    /^(Column "([^"]*)" .*)\bConsider leaving it out\.$/gs,
    (_, text, name) => `${text}Consider leaving it out: ${exclude(name)}.`,
  ],
  [/ Rename that one, or pass fillMissing: \{ addColumns: false \}\./g, " Rename that one."],

  // Target and model.
  [/\btask: "(regression|classification|multilabel)"/g, "--task $1"],
  [/\blogTarget: true\b/g, "--log-target"],
  [/(?<!")\blogTarget\b(?!")/g, "--log-target"],
  [/\byRange: \[([^\],]+), ([^\]]+)\]/g, "--y-range $1,$2"],
  [/\(lrFind suggests one\)/g, "(`tabgpu lr-find` suggests one)"],
];

const LISTS: Readonly<Record<string, string>> = {
  target: "--target",
  categorical: "--cat",
  continuous: "--cont",
};

/** A message of the library with the command line's flags in place of the library's options. */
export function inFlags(message: string): string {
  return PATTERNS.reduce(
    // Both kinds of replacement suit replace(), which TypeScript cannot see of their union.
    (text, [pattern, words]) => text.replace(pattern, words as string),
    message,
  );
}

/** --exclude serves where fastai's rule chooses the columns. */
function exclude(name: string): string {
  return `--exclude ${listWord(name)}, or not in --cat and --cont`;
}

/** A name as it is typed in a list of names: one with a comma or a quote as CSV has it, all of it as one word. */
function listWord(name: string, tail = ""): string {
  const field = /[",]/.test(name) ? `"${(name + tail).replaceAll('"', '""')}"` : name + tail;
  if (/^[\p{L}\p{N}_.:=/+-]+$/u.test(field)) return field;
  return field.includes('"') || /[$`\\!]/.test(field) ? `'${field}'` : `"${field}"`;
}
