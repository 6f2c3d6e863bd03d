/**
 * The grammar of the templates that discovery configs hold: the small part of Jinja that real devices use. No loops, no calls but `float`, `int` and
 * `.get`, so that what was parsed takes no more steps than it has nodes. Whatever is outside is refused with a sentence, before it is ever run.
 */
import type { Token } from "./template-lex.ts";
import { lex, TemplateFault } from "./template-lex.ts";

export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "dict"; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: "index"; readonly of: Expression; readonly key: Expression }
  | { readonly kind: "get"; readonly of: Expression; readonly key: Expression; readonly fallback: Expression | null }
  | { readonly kind: "unary"; readonly op: "not" | "-" | "+"; readonly of: Expression }
  | { readonly kind: "binary"; readonly op: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "choice"; readonly test: Expression; readonly yes: Expression; readonly no: Expression | null }
  | { readonly kind: "filter"; readonly name: string; readonly of: Expression; readonly args: readonly Expression[] }
  | { readonly kind: "is"; readonly test: string; readonly negated: boolean; readonly of: Expression };

export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print"; readonly of: Expression }
  | { readonly kind: "set"; readonly name: string; readonly of: Expression }
  | { readonly kind: "if"; readonly branches: readonly { readonly test: Expression | null; readonly body: readonly Part[] }[] };

/** Filters with how many arguments each takes at most. */
const FILTERS: ReadonlyMap<string, number> = new Map([
  ["float", 1],
  ["int", 1],
  ["round", 3],
  ["lower", 0],
  ["upper", 0],
  ["default", 2],
  ["d", 2],
  ["is_defined", 0],
  ["tojson", 0],
  ["to_json", 0],
]);
const FUNCTIONS = new Set(["float", "int"]);
const TESTS = new Set(["true", "false", "defined", "undefined", "none"]);
const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);
const COMPARISONS = new Set(["==", "!=", "<", "<=", ">", ">="]);
const RESERVED = new Set(["and", "or", "not", "in", "is", "if", "else", "elif", "endif", "set"]);
const MAX_NODES = 1_000;
const MAX_DEPTH = 40;

/** The template's parts. Throws a `TemplateFault` that says what is not known here. */
export function parseTemplate(text: string): readonly Part[] {
  const tokens = lex(text);
  let at = 0;
  let nodes = 0;
  let depth = 0;

  const peek = (): Token | undefined => tokens[at];
  const is = (kind: Token["kind"], spelled?: string): boolean => tokens[at]?.kind === kind && (spelled === undefined || tokens[at]!.text === spelled);
  const op = (spelled: string): boolean => is("op", spelled) && at++ >= 0;
  const word = (spelled: string): boolean => is("name", spelled) && at++ >= 0;
  const expected = (what: string): TemplateFault => new TemplateFault(`${what} was expected before "${peek()?.text.slice(0, 20) ?? "the end"}"`);
  const need = (spelled: string): void => {
    if (!op(spelled)) throw expected(`"${spelled}"`);
  };
  function made<T extends Expression | Part>(node: T): T {
    if (++nodes > MAX_NODES) throw new TemplateFault(`the template has more than ${MAX_NODES} parts`);
    return node;
  }
  function deeper<T>(inner: () => T): T {
    if (++depth > MAX_DEPTH) throw new TemplateFault(`the template is nested deeper than ${MAX_DEPTH}`);
    const result = inner();
    depth--;
    return result;
  }

  const expression = (): Expression =>
    deeper(() => {
      const yes = either();
      if (!word("if")) return yes;
      const test = either();
      return made({ kind: "choice", test, yes, no: word("else") ? expression() : null });
    });

  function chain(next: () => Expression, taken: () => string | null): Expression {
    let left = next();
    for (let spelled = taken(); spelled !== null; spelled = taken()) left = made({ kind: "binary", op: spelled, left, right: next() });
    return left;
  }
  const oneOf = (spellings: readonly string[]) => (): string | null => spellings.find((s) => op(s)) ?? null;

  const either = (): Expression => chain(both, () => (word("or") ? "or" : null));
  const both = (): Expression => chain(negation, () => (word("and") ? "and" : null));
  const negation = (): Expression => (word("not") ? made({ kind: "unary", op: "not", of: deeper(negation) }) : comparison());
  const comparison = (): Expression =>
    chain(sum, () => {
      const token = peek();
      if (token?.kind === "op" && COMPARISONS.has(token.text)) {
        at++;
        return token.text;
      }
      if (word("in")) return "in";
      if (!is("name", "not") || tokens[at + 1]?.text !== "in") return null;
      at += 2;
      return "not in";
    });
  const sum = (): Expression => chain(joined, oneOf(["+", "-"]));
  const joined = (): Expression => chain(product, oneOf(["~"]));
  const product = (): Expression => chain(signed, oneOf(["*", "//", "/", "%"]));
  function signed(): Expression {
    if (op("-")) return made({ kind: "unary", op: "-", of: deeper(signed) });
    if (op("+")) return made({ kind: "unary", op: "+", of: deeper(signed) });
    return filtered(primary());
  }

  function filtered(from: Expression): Expression {
    let of = from;
    for (;;) {
      if (op(".")) of = attribute(of);
      else if (op("[")) {
        const key = expression();
        need("]");
        of = made({ kind: "index", of, key });
      } else if (op("|")) of = filter(of);
      else if (word("is")) {
        const negated = word("not");
        const test = name("a test").toLowerCase();
        if (!TESTS.has(test)) throw new TemplateFault(`the test "${test}" is not known here`);
        of = made({ kind: "is", test, negated, of });
      } else if (is("op", "(")) throw new TemplateFault("only float, int and .get can be called here");
      else return of;
    }
  }

  function attribute(of: Expression): Expression {
    const token = peek();
    if (token?.kind === "number" && /^\d+$/.test(token.text)) {
      at++;
      return made({ kind: "index", of, key: made({ kind: "literal", value: Number(token.text) }) });
    }
    const key = name("an attribute's name");
    if (!is("op", "(")) return made({ kind: "index", of, key: made({ kind: "literal", value: key }) });
    if (key !== "get") throw new TemplateFault(`"${key}" cannot be called here`);
    const args = callArguments();
    if (args.length === 0 || args.length > 2) throw new TemplateFault("get takes a key and what to take where it is missing");
    return made({ kind: "get", of, key: args[0]!, fallback: args[1] ?? null });
  }

  function filter(of: Expression): Expression {
    const called = name("a filter's name");
    const most = FILTERS.get(called);
    if (most === undefined) throw new TemplateFault(`the filter "${called}" is not known here`);
    const args = is("op", "(") ? callArguments() : [];
    if (args.length > most) throw new TemplateFault(`the filter "${called}" takes ${most === 0 ? "nothing" : `at most ${most}`} in brackets`);
    return made({ kind: "filter", name: called === "d" ? "default" : called === "to_json" ? "tojson" : called, of, args });
  }

  function callArguments(): Expression[] {
    need("(");
    const args: Expression[] = [];
    while (!op(")")) {
      if (args.length > 0) need(",");
      // `default=0` names what is meant; with one argument there is nothing else that it could be.
      if (is("name", "default") && tokens[at + 1]?.text === "=") at += 2;
      args.push(expression());
    }
    return args;
  }

  function name(what: string): string {
    const token = peek();
    if (token?.kind !== "name") throw expected(what);
    at++;
    return token.text;
  }

  function primary(): Expression {
    const token = peek();
    if (token === undefined) throw expected("a value");
    at++;
    if (token.kind === "number") return made({ kind: "literal", value: Number(token.text) });
    if (token.kind === "string") return made({ kind: "literal", value: token.text });
    if (token.kind === "name") {
      const constant = CONSTANTS.get(token.text);
      if (constant !== undefined) return made({ kind: "literal", value: constant });
      if (RESERVED.has(token.text)) throw new TemplateFault(`"${token.text}" stands where a value was expected`);
      if (!is("op", "(")) return made({ kind: "name", name: token.text });
      if (!FUNCTIONS.has(token.text)) throw new TemplateFault(`the function "${token.text}" is not known here`);
      const [of, ...args] = callArguments();
      if (of === undefined || args.length > 1) throw new TemplateFault(`${token.text} takes a value and what to take where that is no number`);
      return made({ kind: "filter", name: token.text, of, args });
    }
    if (token.kind === "op" && token.text === "(") {
      const inner = expression();
      need(")");
      return inner;
    }
    if (token.kind === "op" && token.text === "[") {
      const items: Expression[] = [];
      while (!op("]")) {
        if (items.length > 0) need(",");
        if (!is("op", "]")) items.push(expression());
      }
      return made({ kind: "list", items });
    }
    if (token.kind === "op" && token.text === "{") {
      const entries: [Expression, Expression][] = [];
      while (!op("}")) {
        if (entries.length > 0) need(",");
        if (is("op", "}")) continue;
        const key = expression();
        need(":");
        entries.push([key, expression()]);
      }
      return made({ kind: "dict", entries });
    }
    throw new TemplateFault(`"${token.text.slice(0, 20)}" stands where a value was expected`);
  }

  const statement = (spelled: string): boolean => is("open", "{%") && tokens[at + 1]?.kind === "name" && tokens[at + 1]?.text === spelled;
  const end = (): void => {
    if (!is("close")) throw expected("the end of the braces");
    at++;
  };

  function parts(until: readonly string[]): Part[] {
    const list: Part[] = [];
    for (;;) {
      const token = peek();
      if (token === undefined || until.some((u) => statement(u))) return list;
      at++;
      if (token.kind === "text") list.push(made({ kind: "text", text: token.text }));
      else if (token.text === "{{") {
        list.push(made({ kind: "print", of: expression() }));
        end();
      } else if (word("set")) {
        const variable = name("a variable's name");
        need("=");
        list.push(made({ kind: "set", name: variable, of: expression() }));
        end();
      } else if (word("if")) list.push(made(deeper(conditional)));
      else throw new TemplateFault(`the statement "${peek()?.text.slice(0, 20) ?? ""}" is not known here`);
    }
  }

  function conditional(): Part {
    const branches: { test: Expression | null; body: readonly Part[] }[] = [];
    let test: Expression | null = expression();
    end();
    for (;;) {
      branches.push({ test, body: parts(["elif", "else", "endif"]) });
      if (!is("open", "{%")) throw new TemplateFault("an {% if %} has no {% endif %}");
      at++;
      if (word("endif")) {
        end();
        return { kind: "if", branches };
      }
      if (test === null) throw new TemplateFault("after {% else %} only {% endif %} can follow");
      if (word("else")) test = null;
      else {
        word("elif");
        test = expression();
      }
      end();
    }
  }

  const whole = parts([]);
  if (at < tokens.length) throw expected("the end");
  return whole;
}
