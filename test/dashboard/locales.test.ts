import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { reasonTemplate } from "../../server/contract/words/evidence.ts";
import { LANGS } from "../../server/contract/words/languages.ts";
import { messages as en } from "../../dashboard/src/locales/en.ts";
import { messages as zhCN } from "../../dashboard/src/locales/zh-CN.ts";
import { messages as zhTW } from "../../dashboard/src/locales/zh-TW.ts";
import { DEVICE_KINDS, POINTS } from "../../server/core/device.ts";
import { approvalDto } from "../../server/contract/approvals.ts";
import { bookingDto } from "../../server/contract/calendar.ts";
import { exceptionDto } from "../../server/contract/exceptions.ts";
import { TROUBLE_CODES } from "../../server/calendars/trouble.ts";
import { ALERT_STATES, COMMAND_SOURCES, COMMAND_STATES } from "../../server/core/finding.ts";
import { MODES } from "../../server/core/policy.ts";
import { BENCHMARKS } from "../../server/core/alerts/benchmarks.ts";
import { paramsOf } from "../../server/core/policy.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import { ROLES } from "../../server/core/roles.ts";
import { SPACE_CLASSES } from "../../server/core/space.ts";

const LOCALES: Readonly<Record<(typeof LANGS)[number], Readonly<Record<string, string>>>> = { "zh-CN": zhCN, "zh-TW": zhTW, en };
const folder = new URL("../../server/core/policies/", import.meta.url);

/** Reasons that a policy's file names: `fine("…")`, `unknown("…")`, `breach("…")`, `reason: "…"`. */
function reasonsOf(file: string): string[] {
  const source = readFileSync(new URL(file, folder), "utf8");
  return [...source.matchAll(/(?:\b(?:fine|unknown|breach)\(|\breason: )"([a-z-]+)"/g)].map((m) => m[1]!);
}

/** Policies by the file that defines them: `id: "…"`, or the ids given to a shared maker. */
function policiesOf(file: string): string[] {
  const source = readFileSync(new URL(file, folder), "utf8");
  return POLICIES.map((p) => p.id).filter((id) => source.includes(`"${id}"`));
}

const files = readdirSync(folder).filter((f) => f.endsWith(".ts") && f !== "all.ts");
const gaps = (template: string) => [...new Set([...template.matchAll(/\{([\w-]+)/g)].map((m) => m[1]!))].sort();

describe.each(LANGS)("the locale %s", (lang) => {
  const messages = LOCALES[lang];
  const missing = (keys: readonly string[]) => keys.filter((key) => (messages[key] ?? "") === "");

  it("has a name and the office's rule for every policy", () => {
    expect(missing(POLICIES.flatMap((p) => [`policy.${p.id}.name`, `policy.${p.id}.rule`]))).toEqual([]);
  });

  it("has a sentence for every reason that a policy gives", () => {
    const wanted = files.flatMap((file) => policiesOf(file).flatMap((id) => reasonsOf(file).map((reason) => [id, reason] as const)));
    expect(wanted.length).toBeGreaterThan(40);
    expect(wanted.filter(([id, reason]) => reasonTemplate(id, reason, (key) => messages[key]) === undefined)).toEqual([]);
  });

  it("has a sentence for every alert that the house raises by itself", () => {
    const sources = [
      "../../server/flow.ts",
      ...readdirSync(new URL("../../server/core/", import.meta.url))
        .filter((f) => f.endsWith(".ts"))
        .map((f) => `../../server/core/${f}`),
    ];
    const titles = sources.flatMap((f) => [...readFileSync(new URL(f, import.meta.url), "utf8").matchAll(/"(system\.[a-z-]+)"/g)].map((m) => m[1]!));
    expect(titles).toContain("system.history");
    const failed = COMMAND_STATES.filter((s) => s === "refused" || s === "ignored" || s === "gave-up").map((s) => `command.${s}`);
    expect(missing([...titles, ...failed, "approval.print-job", "approval.overtime"].map((title) => `alert.${title}`))).toEqual([]);
  });

  it("has a word for every kind of request and exception", () => {
    const wanted = [
      ...approvalDto.shape.kind.options.map((kind) => `approval-kind.${kind}`),
      ...bookingDto.shape.kind.options.map((kind) => `booking.${kind}`),
      ...exceptionDto.shape.kind.options.map((kind) => `exception.${kind}`),
    ];
    expect(missing(wanted)).toEqual([]);
  });

  it("says what may be wrong with another calendar", () => {
    expect(missing(TROUBLE_CODES.map((code) => `ics.${code}`))).toEqual([]);
  });

  it("has a word for every figure of the alarms, its unit, source and verdict, and for what is wrong with a rule", () => {
    const figures = Object.entries(BENCHMARKS).flatMap(([key, b]) => [`health-figure.${key}`, `health-unit.${b.unit}`, `health-source.${b.source}`]);
    const verdicts = ["good", "manageable", "bad"].map((v) => `health-verdict.${v}`);
    const faults = ["chattering", "fleeting", "flooding", "stale"].map((f) => `value.what.${f}`);
    expect(missing([...figures, ...verdicts, ...faults])).toEqual([]);
  });

  it("has a word for every parameter, kind, class, point, state, mode and role", () => {
    expect(
      missing([
        ...POLICIES.flatMap((p) => paramsOf(p).map((x) => `param.${x.name}`)),
        ...DEVICE_KINDS.map((k) => `kind.${k}`),
        ...SPACE_CLASSES.map((c) => `class.${c}`),
        ...DEVICE_KINDS.flatMap((k) => POINTS[k].map((p) => `point.${p.name}`)),
        ...ALERT_STATES.map((s) => `alert-state.${s}`),
        ...COMMAND_STATES.map((s) => `command-state.${s}`),
        ...COMMAND_SOURCES.map((s) => `source.${s}`),
        ...MODES.flatMap((m) => [`mode.${m}`, `mode-effect.${m}`]),
        ...ROLES.map((r) => `role.${r}`),
      ]),
    ).toEqual([]);
  });

  it("has a word for every value that a point can have", () => {
    expect(
      missing(
        DEVICE_KINDS.flatMap((k) => POINTS[k].flatMap((p) => (p.values ?? (p.type === "boolean" ? ["true", "false"] : [])).map((v) => `value.${p.name}.${v}`))),
      ),
    ).toEqual([]);
  });

  it("has brackets and braces that close", () => {
    const broken = Object.entries(messages).filter(
      ([, m]) => /\[[^\]]*\[/.test(m) || m.split("[").length !== m.split("]").length || m.split("{").length !== m.split("}").length,
    );
    expect(broken).toEqual([]);
  });

  it("fills nothing that the Chinese sentence does not have", () => {
    const foreign = Object.entries(messages).filter(([key, m]) => gaps(m).some((gap) => !gaps((zhCN as Readonly<Record<string, string>>)[key]!).includes(gap)));
    expect(foreign).toEqual([]);
  });
});

describe("the files of a locale", () => {
  it.each(LANGS)("say each thing of %s once, so that none hides another", (lang) => {
    const locales = new URL("../../dashboard/src/locales/", import.meta.url);
    const parts = readdirSync(new URL(`${lang}/`, locales)).map((file) => `${lang}/${file}`);
    const written = [`${lang}.ts`, ...parts].flatMap((file) =>
      [...readFileSync(new URL(file, locales), "utf8").matchAll(/^ {2}"([^"]+)":/gm)].map((m) => m[1]!),
    );
    expect(written.length).toBeGreaterThan(1000);
    expect(written.filter((key, i) => written.indexOf(key) !== i || !(key in LOCALES[lang]))).toEqual([]);
  });
});

describe("the traditional locale", () => {
  it("has no simplified characters left", () => {
    expect(Object.entries(zhTW).filter(([, m]) => /[设备门时间关闭开灯应这规则说样为与无数据还报执费处发现线号码错误认]/.test(m))).toEqual([]);
  });
});
