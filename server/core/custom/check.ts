/** Whether a policy that was written as data makes sense: every mistake at once, each with its path and how to mend it. */
import type { DeviceKind } from "../device.ts";
import { pointDefinition, POINTS } from "../device.ts";
import type { PointValue } from "../reading.ts";
import type { Amount, CustomPolicy, PointCondition } from "./document.ts";
import { isPointCondition, leavesOf } from "./document.ts";

export interface CustomProblem {
  readonly path: string;
  readonly message: string;
}

const OPERATORS = ["above", "below", "between", "is", "isNot", "absent"] as const;
/** Leaves of one condition; more is no rule that anybody understands. */
const MOST_LEAVES = 40;

/** Points that all the kinds have, for the message. */
function pointsOf(kinds: readonly DeviceKind[]): string {
  const [first, ...others] = kinds;
  if (first === undefined) return "none";
  return POINTS[first]
    .map((p) => p.name)
    .filter((name) => others.every((k) => pointDefinition(k, name) !== undefined))
    .join(", ");
}

/** Lists what contradicts in a policy; `taken` are ids that other policies have. */
export function checkCustom(policy: CustomPolicy, taken: ReadonlySet<string>): CustomProblem[] {
  const problems: CustomProblem[] = [];
  const wrong = (path: string, message: string): void => void problems.push({ path, message });
  const { kinds, params } = policy;
  if (taken.has(policy.id)) wrong("id", `there is a policy "${policy.id}" already; choose another id`);

  for (const [name, p] of Object.entries(params)) {
    if (p.min > p.default || p.default > p.max) wrong(`params.${name}`, `default ${p.default} must lie between min ${p.min} and max ${p.max}`);
    if (name === "hold" || name === "warn") wrong(`params.${name}`, `${name} is a parameter by itself; set "${name}" of the policy`);
  }
  const used = new Set<string>();
  const amount = (path: string, value: Amount | undefined): void => {
    if (typeof value !== "string") return;
    const name = value.slice(1);
    used.add(name);
    if (!value.startsWith("$")) wrong(path, `"${value}" must be a number, or $ and the name of a parameter`);
    else if (params[name] === undefined) wrong(path, `there is no parameter "${name}"; describe it under params`);
  };
  amount("hold", policy.hold);
  amount("warn", policy.warn);

  const leaves = [...leavesOf(policy.when)];
  if (leaves.length > MOST_LEAVES) wrong("when", `has ${leaves.length} conditions; more than ${MOST_LEAVES} is no rule that anybody understands`);
  for (const { leaf, path } of leaves) {
    if ("room" in leaf) amount(`${path}.for`, leaf.for);
    if (isPointCondition(leaf)) checkPoint(leaf, path, kinds, wrong, amount);
  }
  for (const [point, value] of Object.entries(policy.set ?? {})) checkSet(point, value, kinds, wrong);
  if (policy.set !== undefined && Object.keys(policy.set).length === 0) wrong("set", "names no point; leave it out where people are only told");
  if (policy.set === undefined && policy.mode !== "observe" && policy.mode !== "advise")
    wrong("mode", `"${policy.mode}" needs something to set; use advise or observe`);
  for (const name of Object.keys(params)) if (!used.has(name)) wrong(`params.${name}`, `is used nowhere; write "$${name}" where it belongs`);
  return problems;
}

type Wrong = (path: string, message: string) => void;

function checkPoint(
  leaf: PointCondition,
  path: string,
  kinds: readonly DeviceKind[],
  wrong: Wrong,
  amount: (path: string, value: Amount | undefined) => void,
): void {
  const given = OPERATORS.filter((op) => leaf[op] !== undefined);
  if (given.length !== 1) {
    wrong(path, `needs exactly one of ${OPERATORS.join(", ")}${given.length === 0 ? "" : `, not ${given.join(" and ")}`}`);
    return;
  }
  const operator = given[0]!;
  const whose = leaf.of === undefined ? kinds : [leaf.of];
  amount(`${path}.for`, leaf.for);
  for (const kind of whose) {
    const definition = pointDefinition(kind, leaf.point);
    if (definition === undefined) {
      wrong(
        `${path}.point`,
        `${kind} has no point "${leaf.point}"; ${leaf.of === undefined && kinds.length > 1 ? "all the kinds have" : "it has"} ${pointsOf(whose)}`,
      );
      return;
    }
    const numeric = operator === "above" || operator === "below" || operator === "between";
    if (numeric && definition.type !== "number") {
      wrong(`${path}.${operator}`, `"${leaf.point}" is no number; use is or isNot`);
      return;
    }
    const value = leaf.is ?? leaf.isNot;
    if (value !== undefined && !fits(definition, value)) {
      wrong(`${path}.${operator}`, `"${leaf.point}" is ${describeValues(definition)}, not ${JSON.stringify(value)}`);
      return;
    }
  }
  if (operator === "above" || operator === "below" || operator === "absent") amount(`${path}.${operator}`, leaf[operator]);
  if (leaf.between !== undefined) {
    leaf.between.forEach((a, i) => amount(`${path}.between[${i}]`, a));
    const [low, high] = leaf.between;
    if (typeof low === "number" && typeof high === "number" && low > high) wrong(`${path}.between`, `${low} is above ${high}`);
  }
  if (leaf.deadband !== undefined) {
    amount(`${path}.deadband`, leaf.deadband);
    if (operator !== "above" && operator !== "below") wrong(`${path}.deadband`, `goes with above or below, not with ${operator}`);
    else if (path.includes(".not")) wrong(`${path}.deadband`, "has no sense within not; turn the condition round instead");
    else if (typeof leaf.deadband === "number" && leaf.deadband < 0) wrong(`${path}.deadband`, "must not be below 0");
  }
  if (operator === "absent" && leaf.for !== undefined) wrong(`${path}.for`, "absent has its seconds already");
}

function fits(definition: (typeof POINTS)[DeviceKind][number], value: PointValue): boolean {
  if (definition.type === "boolean") return typeof value === "boolean";
  if (definition.type === "enum") return typeof value === "string" && definition.values!.includes(value);
  return typeof value === "number" && Number.isFinite(value) && value >= definition.min! && value <= definition.max!;
}

function describeValues(definition: (typeof POINTS)[DeviceKind][number]): string {
  if (definition.type === "boolean") return "true or false";
  return definition.type === "enum"
    ? `one of ${definition.values!.join(", ")}`
    : `a number from ${definition.min} to ${definition.max} ${definition.unit}`.trim();
}

function checkSet(point: string, value: PointValue, kinds: readonly DeviceKind[], wrong: Wrong): void {
  for (const kind of kinds) {
    const definition = pointDefinition(kind, point);
    if (definition?.writable !== true) {
      wrong(`set.${point}`, `"${point}" of ${kind} cannot be commanded`);
      return;
    }
    if (!fits(definition, value)) {
      wrong(`set.${point}`, `"${point}" is ${describeValues(definition)}, not ${JSON.stringify(value)}`);
      return;
    }
  }
}
