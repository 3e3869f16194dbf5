/** Changes of a plan, each with what follows from it. */
import { guessLog, guessTask } from "./guess.ts";
import type { ColumnInfo, ColumnRole, DataPlan, TableInfo } from "./types.ts";

/** Roles that a column of a kind can have; a menu offers no others. */
export function rolesFor({ kind }: Pick<ColumnInfo, "kind">): readonly ColumnRole[] {
  switch (kind) {
    case "number":
    case "boolean":
      return ["target", "categorical", "continuous", "ignored"];
    case "text":
      return ["target", "categorical", "ignored"];
    case "date":
      return ["date", "categorical", "ignored"];
  }
}

/** The plan wanted if it was made for a table of these columns, else the guessed one. */
export function fittingPlan({ columns, guessedPlan }: TableInfo, wanted?: DataPlan): DataPlan {
  if (!wanted) return guessedPlan;
  const { roles, valid } = wanted;
  const fits =
    Object.keys(roles).length === columns.length &&
    columns.every((column) => rolesFor(column).includes(roles[column.name])) &&
    (valid.kind === "random" || isSorter(columns, valid.by)) &&
    Number.isFinite(valid.fraction);
  return fits ? wanted : guessedPlan;
}

/**
 * The plan for the same table read in another way: a column that has become another kind gets the role guessed for it, the
 * rest stays as it was chosen. The target stays the target, with the task that its new kind suggests.
 * @param before the columns as they were read first
 */
export function planReread(info: TableInfo, plan: DataPlan, before: readonly ColumnInfo[]): DataPlan {
  const { columns } = info;
  const kinds = new Map(before.map(({ name, kind }) => [name, kind]));
  const changed = columns.filter(({ name, kind }) => kinds.get(name) !== kind);
  const target = changed.find(({ name }) => plan.roles[name] === "target");
  const others = changed.filter((column) => column !== target);
  const roles = { ...plan.roles, ...Object.fromEntries(others.map((each) => [each.name, inputRole(each)])) };
  const kept = { ...plan, roles };
  return fittingPlan(info, target ? withTarget(kept, columns, target.name) : kept);
}

/** The plan with another role for a column; a new target takes the old one's place, which becomes an input again. */
export function withRole(
  plan: DataPlan,
  columns: readonly ColumnInfo[],
  name: string,
  role: ColumnRole,
): DataPlan {
  if (role === "target") return withTarget(plan, columns, name);
  return { ...plan, roles: { ...plan.roles, [name]: role } };
}

export function withTarget(plan: DataPlan, columns: readonly ColumnInfo[], name: string): DataPlan {
  const roles = { ...plan.roles };
  for (const column of columns) {
    if (roles[column.name] === "target") roles[column.name] = inputRole(column);
  }
  roles[name] = "target";
  const target = columns.find((column) => column.name === name);
  if (!target) return { ...plan, roles };
  const task = guessTask(target);
  return { ...plan, roles, task, logTarget: task === "regression" && guessLog(target) };
}

/** The role guessed for a column that is not the target. */
function inputRole({ kind, integer, missing, distinct, guessedRole }: ColumnInfo): ColumnRole {
  if (guessedRole !== "target") return guessedRole;
  // As fastai's cont_cat_split: floats, and integers of many values.
  const continuous = kind === "number" && (!integer || missing > 0 || distinct > 20);
  return continuous ? "continuous" : "categorical";
}

/** Whether rows can be sorted by it: null is the file's own order. */
function isSorter(columns: readonly ColumnInfo[], by: string | null): boolean {
  return by === null || columns.some(({ name, kind }) => name === by && kind === "date");
}
