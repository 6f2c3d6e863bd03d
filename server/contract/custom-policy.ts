/** The form of a policy that is written as data, in the site file and at `POST /policies`. Every mistake is told with its path. */
import { z } from "zod";
import { CALENDAR_WORDS } from "../core/custom/document.ts";
import type { Condition, CustomPolicy } from "../core/custom/document.ts";
import { DEVICE_KINDS } from "../core/device.ts";
import { MODES } from "../core/policy.ts";
import { scopeSchema } from "./policies.ts";

const pointName = z.string().min(1).max(64);
const value = z.union([z.number(), z.boolean(), z.string().max(64)]);
const amount = z.union([z.number(), z.string().regex(/^\$[a-z][a-z0-9-]{0,31}$/, "must be a number, or $ and the name of a parameter, such as $limit")]);
const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day in quotes, such as "22:00"')
  .transform((t) => Number(t.slice(0, 2)) * 60 + Number(t.slice(3)));
/** Already read once (a document that comes back from the API has minutes). */
const minutes = z.number().int().min(0).max(1440);
const DEEPEST = 6;

const pointCondition = z.strictObject({
  point: pointName,
  of: z.enum(DEVICE_KINDS).optional(),
  above: amount.optional(),
  below: amount.optional(),
  between: z.tuple([amount, amount]).optional(),
  is: value.optional(),
  isNot: value.optional(),
  absent: amount.optional(),
  for: amount.optional(),
  deadband: amount.optional(),
});
const leaves = [
  ["point", pointCondition],
  ["calendar", z.strictObject({ calendar: z.enum(CALENDAR_WORDS) })],
  ["clock", z.strictObject({ clock: z.strictObject({ from: z.union([clockTime, minutes]), until: z.union([clockTime, minutes]) }) })],
  ["room", z.strictObject({ room: z.enum(["empty", "occupied"]), for: amount.optional() })],
] as const;
const WORDS = ["point", "and", "or", "not", "calendar", "clock", "room"];

/** Reads a condition by the word that it begins with, so that a mistake is told where it is and not as one of seven forms that do not fit. */
function readCondition(
  input: unknown,
  depth: number,
  context: { addIssue(issue: { code: "custom"; message: string; path: PropertyKey[] }): void },
  path: PropertyKey[],
): Condition | null {
  const wrong = (message: string, at: PropertyKey[] = path) => (context.addIssue({ code: "custom", message, path: at }), null);
  if (depth > DEEPEST) return wrong(`is nested deeper than ${DEEPEST} levels`);
  if (typeof input !== "object" || input === null || Array.isArray(input)) return wrong(`must be a condition with one of ${WORDS.join(", ")}`);
  const words = WORDS.filter((word) => Object.hasOwn(input, word));
  if (words.length !== 1) return wrong(`must have exactly one of ${WORDS.join(", ")}${words.length === 0 ? "" : `, not ${words.join(" and ")}`}`);
  const word = words[0]!;
  const given = input as Readonly<Record<string, unknown>>;
  if (word === "and" || word === "or") {
    const parts = given[word];
    if (Object.keys(given).length > 1) return wrong(`"${word}" stands alone`);
    if (!Array.isArray(parts) || parts.length === 0 || parts.length > 40) return wrong("must be a list of 1 to 40 conditions", [...path, word]);
    const read = parts.map((part, i) => readCondition(part, depth + 1, context, [...path, word, i]));
    return read.includes(null) ? null : ({ [word]: read } as unknown as Condition);
  }
  if (word === "not") {
    if (Object.keys(given).length > 1) return wrong('"not" stands alone');
    const inner = readCondition(given["not"], depth + 1, context, [...path, "not"]);
    return inner === null ? null : { not: inner };
  }
  const schema = leaves.find(([name]) => name === word)![1];
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data as Condition;
  for (const issue of parsed.error.issues) context.addIssue({ code: "custom", message: issue.message, path: [...path, ...issue.path] });
  return null;
}

const condition = z
  .unknown()
  .transform((input, context): Condition => readCondition(input, 1, context as never, []) ?? z.NEVER)
  .meta({
    description:
      'One of: {point, of?, above|below|between|is|isNot|absent, for?, deadband?}, {and: […]}, {or: […]}, {not: …}, {calendar: …}, {clock: {from, until}}, {room: empty|occupied, for?}. Seconds for `for` and `absent`; a number may be "$name" of a parameter.',
  });
const locales = z.record(z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/, "is not a locale such as zh-CN or en"), z.string().min(1).max(300));
const text = z.union([z.string().min(1).max(300), locales]);

export const customPolicySchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "is letters, digits and dashes in lower case, such as corridor-dim")
    .max(60),
  name: text,
  rule: text,
  severity: z.enum(["low", "medium", "high"]).default("low"),
  mode: z.enum(MODES).default("observe"),
  priority: z.number().int().min(1).max(69).default(25),
  kinds: z.array(z.enum(DEVICE_KINDS)).min(1),
  scope: scopeSchema.default({}),
  params: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "is a name in lower case"),
      z.strictObject({ unit: z.string().max(16).default(""), default: z.number(), min: z.number(), max: z.number() }),
    )
    .default({}),
  when: condition,
  hold: amount.default(60),
  warn: amount.default(0),
  set: z.record(z.string(), value).optional(),
  waste: z.number().min(0).max(1).default(1),
}) satisfies z.ZodType<CustomPolicy, unknown>;
