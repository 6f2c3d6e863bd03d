/**
 * Runs a parsed template. Discovery configs are anybody's word, so nothing here can reach a prototype, a function or a loop: values are JSON, dict
 * literals are maps, and every text that is made is bounded. What a template does that it cannot is a sentence, never a throw.
 */
import { isObject, own } from "../codec.ts";
import type { Expression, Part } from "./template-parse.ts";
import { parseTemplate } from "./template-parse.ts";
import { TemplateFault } from "./template-lex.ts";

/** Missing (Jinja's Undefined) is `undefined`, None is null. Whatever else is no JSON value is a dict literal. */
type Value = unknown;
type Names = ReadonlyMap<string, Value>;

export type Rendered = { readonly text: string } | { readonly wrong: string };

export interface Template {
  /** The text that it makes of the variables, without blanks around it, as Home Assistant takes it. */
  render(variables: ReadonlyMap<string, unknown>): Rendered;
}

const MAX_TEXT = 16_384;
const DECIMAL = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** Compiles a template, or says what of it is not known here. */
export function compileTemplate(text: string): { readonly template: Template } | { readonly wrong: string } {
  try {
    const parts = parseTemplate(text);
    const sets = setsAny(parts);
    return { template: { render: (variables) => run(parts, sets ? new Map(variables) : variables) } };
  } catch (error) {
    if (error instanceof TemplateFault) return { wrong: error.message };
    throw error;
  }
}

/** Whoever sets a variable needs a copy of them all; most templates only read. */
function setsAny(parts: readonly Part[]): boolean {
  return parts.some((part) => part.kind === "set" || (part.kind === "if" && part.branches.some((b) => setsAny(b.body))));
}

function run(parts: readonly Part[], names: Names): Rendered {
  try {
    return { text: print(parts, names).trim() };
  } catch (error) {
    if (error instanceof TemplateFault) return { wrong: error.message };
    throw error;
  }
}

function print(parts: readonly Part[], names: Names): string {
  let text = "";
  for (const part of parts) {
    if (part.kind === "text") text = bounded(text + part.text);
    else if (part.kind === "print") text = bounded(text + textOf(valueOf(part.of, names)));
    else if (part.kind === "set") (names as Map<string, Value>).set(part.name, valueOf(part.of, names));
    else {
      const branch = part.branches.find((b) => b.test === null || truth(valueOf(b.test, names)));
      if (branch !== undefined) text = bounded(text + print(branch.body, names));
    }
  }
  return text;
}

function bounded(text: string): string {
  if (text.length > MAX_TEXT) throw new TemplateFault(`it makes a text of more than ${MAX_TEXT} characters`);
  return text;
}

function valueOf(e: Expression, names: Names): Value {
  switch (e.kind) {
    case "literal":
      return e.value;
    case "name":
      return names.get(e.name);
    case "list":
      return e.items.map((item) => valueOf(item, names));
    case "dict":
      return new Map(e.entries.map(([key, value]) => [keyed(valueOf(key, names)), valueOf(value, names)]));
    case "index":
      return at(valueOf(e.of, names), valueOf(e.key, names));
    case "get": {
      const found = at(valueOf(e.of, names), valueOf(e.key, names));
      return found === undefined ? (e.fallback === null ? null : valueOf(e.fallback, names)) : found;
    }
    case "unary": {
      const value = valueOf(e.of, names);
      if (e.op === "not") return !truth(value);
      return e.op === "-" ? -number(value, e.op) : number(value, e.op);
    }
    case "binary":
      return binary(e, names);
    case "choice":
      return truth(valueOf(e.test, names)) ? valueOf(e.yes, names) : e.no === null ? undefined : valueOf(e.no, names);
    case "filter":
      return filtered(
        e.name,
        valueOf(e.of, names),
        e.args.map((a) => valueOf(a, names)),
      );
    case "is":
      return passes(e.test, valueOf(e.of, names)) !== e.negated;
  }
}

/** Python's rule: True is 1, and None is a key like any other. */
function keyed(value: Value): Value {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "object" && value !== null) throw new TemplateFault("a list or a dict cannot be a key");
  return value;
}

function at(of: Value, key: Value): Value {
  if (of instanceof Map) return of.get(keyed(key)) as Value;
  if (Array.isArray(of)) return typeof key === "number" && Number.isInteger(key) ? (of.at(key) as Value) : undefined;
  if (isObject(of)) return typeof key === "string" ? own(of, key) : undefined;
  if (of === undefined) throw new TemplateFault(`there is nothing that could have ${typeof key === "string" ? `"${key.slice(0, 40)}"` : "it"}`);
  return undefined;
}

function binary({ op, left, right }: Extract<Expression, { kind: "binary" }>, names: Names): Value {
  const a = valueOf(left, names);
  if (op === "and") return truth(a) ? valueOf(right, names) : a;
  if (op === "or") return truth(a) ? a : valueOf(right, names);
  const b = valueOf(right, names);
  switch (op) {
    case "==":
      return same(a, b);
    case "!=":
      return !same(a, b);
    case "in":
      return within(a, b);
    case "not in":
      return !within(a, b);
    case "~":
      return bounded(textOf(a) + textOf(b));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return ordered(op, a, b);
    default:
      if (op === "+" && typeof a === "string" && typeof b === "string") return bounded(a + b);
      return reckoned(op, number(a, op), number(b, op));
  }
}

function reckoned(op: string, a: number, b: number): number {
  const result =
    op === "+" ? a + b : op === "-" ? a - b : op === "*" ? a * b : op === "/" ? a / b : op === "//" ? Math.floor(a / b) : a - b * Math.floor(a / b);
  if (!Number.isFinite(result)) throw new TemplateFault(`"${op}" has no finite result`);
  return result;
}

function ordered(op: string, a: Value, b: Value): boolean {
  const [x, y] = typeof a === "string" && typeof b === "string" ? [a, b] : [number(a, op), number(b, op)];
  if (op === "<") return x < y;
  if (op === "<=") return x <= y;
  return op === ">" ? x > y : x >= y;
}

function same(a: Value, b: Value): boolean {
  const plain = (value: Value) => (typeof value === "boolean" ? Number(value) : value);
  return plain(a) === plain(b);
}

function within(a: Value, b: Value): boolean {
  if (typeof b === "string") return typeof a === "string" && b.includes(a);
  if (Array.isArray(b)) return b.some((item) => same(item, a));
  if (b instanceof Map) return b.has(keyed(a));
  if (isObject(b)) return typeof a === "string" && Object.hasOwn(b, a);
  throw new TemplateFault('what stands after "in" is no list');
}

function number(value: Value, op: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  throw new TemplateFault(`"${op}" needs numbers`);
}

function truth(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

function passes(test: string, value: Value): boolean {
  if (test === "defined") return value !== undefined;
  if (test === "undefined") return value === undefined;
  return test === "none" ? value === null : value === (test === "true");
}

/** As Python reads a number; undefined where it is none. */
function parsed(value: Value): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  return typeof value === "string" && value.length <= 60 && DECIMAL.test(value) ? Number(value) : undefined;
}

function filtered(name: string, value: Value, args: readonly Value[]): Value {
  switch (name) {
    case "default":
      return value === undefined || (args[1] === true && !truth(value)) ? (args.length === 0 ? "" : args[0]) : value;
    case "is_defined":
      if (value === undefined) throw new TemplateFault("it is not defined");
      return value;
    case "lower":
      return textOf(value).toLowerCase();
    case "upper":
      return textOf(value).toUpperCase();
    case "tojson":
      return jsonText(value);
    case "round":
      return rounded(value, args);
    default: {
      const found = parsed(value);
      if (found === undefined && args.length === 0) throw new TemplateFault(`"${textOf(value).slice(0, 40)}" is no number`);
      if (found === undefined) return args[0];
      return name === "int" ? Math.trunc(found) : found;
    }
  }
}

function rounded(value: Value, [digits = 0, method = "common"]: readonly Value[]): number {
  const found = parsed(value);
  if (found === undefined || typeof digits !== "number" || !Number.isInteger(digits) || Math.abs(digits) > 12)
    throw new TemplateFault(`"${textOf(value).slice(0, 40)}" cannot be rounded`);
  const round = method === "floor" ? Math.floor : method === "ceil" ? Math.ceil : Math.round;
  const result = Number(`${round(Number(`${found}e${digits}`))}e${-digits}`);
  return Number.isFinite(result) ? result : found;
}

/** As Python writes it: None, True, False. */
function textOf(value: Value): string {
  if (value === undefined) return "";
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" || typeof value === "number" ? String(value) : jsonText(value);
}

function jsonText(value: Value): string {
  let length = 0;
  const count = (text: string): string => {
    length += text.length + 2;
    if (length > MAX_TEXT) throw new TemplateFault(`it makes a text of more than ${MAX_TEXT} characters`);
    return text;
  };
  // Lists that hold one another twice would double at each level: every piece counts before the next is written.
  const write = (of: Value, depth: number): string => {
    if (depth > 20) throw new TemplateFault("it writes something nested too deep");
    if (Array.isArray(of)) return `${count("[")}${of.map((item: Value) => write(item, depth + 1)).join(", ")}]`;
    if (of instanceof Map || isObject(of)) {
      const entries: (readonly [Value, Value])[] = of instanceof Map ? [...(of as Map<Value, Value>)] : Object.entries(of);
      return `${count("{")}${entries.map(([k, v]) => `${count(JSON.stringify(textOf(k)))}: ${write(v, depth + 1)}`).join(", ")}}`;
    }
    return count(JSON.stringify(of) ?? "null");
  };
  return write(value, 0);
}
