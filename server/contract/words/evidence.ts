/** Evidence in words: every figure with its unit, every time in the site's zone. Pure. */
import type { DeviceKind } from "../../core/device.ts";
import { officeUnit } from "../../core/description.ts";
import { pointDefinition } from "../../core/device.ts";
import type { Format } from "./format.ts";
import { fill } from "./template.ts";

export type Evidence = Readonly<Record<string, string | number | boolean | null>>;

/** What of a policy gives its figures their units. */
export interface PolicyUnits {
  readonly kinds: readonly DeviceKind[];
  readonly params: readonly { readonly name: string; readonly unit: string }[];
}

/** What evidence needs in order to be said. */
export interface Speech {
  readonly format: Format;
  /** A message by a key that is known at run time only. */
  readonly lookup: (key: string) => string | undefined;
  readonly policy: (id: string) => PolicyUnits | undefined;
  /** The name of a device, a person; undefined where nobody knows it. */
  readonly nameOf: (id: string) => string | undefined;
  /** The house's time in ms. */
  readonly now: number;
}

/** Units of what is neither a point of the policy's devices nor a parameter of it. */
const UNITS: Readonly<Record<string, string>> = {
  daylight: "lx",
  measured: "lx",
  level: "%",
  elevation: "°",
  sheets: "sheets",
  pages: "sheets",
  power: "W",
  energy: "kWh",
  temperature: "°C",
  flow: "L/min",
  least: "L/min",
  usual: "L/min",
  outdoor: "°C",
  target: "°C",
  band: "K",
  cnyPerHour: "CNY/h",
  interval: "s",
  counted: "sheets",
  explained: "sheets",
};
const ID = /^[^/\s]+\/[^/\s]+$/;

function unitOf(name: string, policy: PolicyUnits | undefined): string {
  for (const kind of policy?.kinds ?? []) {
    const unit = pointDefinition(kind, name)?.unit;
    if (unit !== undefined && unit !== "") return unit;
  }
  return policy?.params.find((p) => p.name === name)?.unit ?? UNITS[name] ?? "";
}

/** One piece of evidence in words; null where there is nothing to say. */
export function sayValue(name: string, value: string | number | boolean | null, policy: string | null, speech: Speech): string | null {
  const { format, lookup } = speech;
  if (value === null) return null;
  if (typeof value === "number") return format.quantity(value, unitOf(name, policy === null ? undefined : speech.policy(policy)));
  if (typeof value === "boolean") return lookup(`value.${name}.${String(value)}`) ?? lookup(value ? "value.yes" : "value.no") ?? String(value);
  if (name.endsWith("At")) return Number.isNaN(Date.parse(value)) ? value : format.time(value, speech.now);
  if (name === "set") return saySet(value, speech);
  if (name === "point") return lookup(`point.${value}`) ?? value;
  if (name === "param") return lookup(`param.${value}`) ?? value;
  if (name === "by" || name === "policy") return lookup(`policy.${value}.name`) ?? speech.nameOf(value) ?? value;
  if (name === "error") return lookup(`step-note.${value}`) ?? value;
  return lookup(`value.${name}.${value}`) ?? (ID.test(value) || name === "user" || name === "requestedBy" ? speech.nameOf(value) : undefined) ?? value;
}

/** `on=false setpoint=26`, as the server writes it, in words. */
function saySet(set: string, speech: Speech): string {
  return set
    .split(" ")
    .map((pair) => {
      const [point, raw] = pair.split("=");
      if (point === undefined || raw === undefined) return pair;
      const number = raw === "" ? Number.NaN : Number(raw);
      return sayWish(point, raw === "true" ? true : raw === "false" ? false : Number.isNaN(number) ? raw : number, speech);
    })
    .join(" · ");
}

const WISH_UNITS: Readonly<Record<string, string>> = { setpoint: "°C", roomSetpoint: "°C", brightness: "%" };

/** A wanted value of a point: `设定温度 26 °C`, `关`. */
export function sayWish(point: string, value: string | number | boolean, speech: Pick<Speech, "format" | "lookup">): string {
  const shown =
    speech.lookup(`value.${point}.${String(value)}`) ?? (typeof value === "number" ? speech.format.quantity(value, WISH_UNITS[point] ?? "") : String(value));
  const name = speech.lookup(`point.${point}`) ?? point;
  return point === "on" || point === "release" ? shown : `${name} ${shown}`;
}

/** One piece among the others: what a rule's parameter is now and is proposed to be has that parameter's unit, a point's value the point's. */
function sayOne(name: string, evidence: Evidence, policy: string | null, speech: Speech): string | null {
  const { param, policy: about, point } = evidence;
  const value = evidence[name] ?? null;
  if ((name === "value" || name === "before") && typeof value === "number" && typeof point === "string")
    return speech.format.quantity(value, officeUnit(point) ?? "");
  if ((name === "from" || name === "to") && typeof param === "string" && typeof about === "string") return sayValue(param, value, about, speech);
  return sayValue(name, value, policy, speech);
}

function saidAll(evidence: Evidence, policy: string | null, speech: Speech): Record<string, string | null> {
  return Object.fromEntries(Object.keys(evidence).map((name) => [name, sayOne(name, evidence, policy, speech)]));
}

/** The key of a reason's sentence: its own, or the one that all policies share. */
export function reasonTemplate(policy: string, reason: string, lookup: Speech["lookup"]): string | undefined {
  return lookup(`policy.${policy}.${reason}`) ?? lookup(`policy.any.${reason}`);
}

/** A reason's sentence filled by its evidence; null where no locale has one. */
export function sayReason(policy: string, reason: string, evidence: Evidence, speech: Speech): string | null {
  const template = reasonTemplate(policy, reason, speech.lookup);
  return template === undefined ? null : fill(template, saidAll(evidence, policy, speech));
}

/** An alert's title: a policy's reason, or one of the house's own (`command.gave-up`, `approval.print-job`); null where no locale has one. */
export function sayTitle(title: string, evidence: Evidence, speech: Speech): string | null {
  const [group, id, reason] = title.split(".");
  if (group === "policy" && id !== undefined && reason !== undefined) return sayReason(id, reason, evidence, speech);
  const template = speech.lookup(`alert.${title}`);
  if (template === undefined) return null;
  return fill(template, saidAll(evidence, null, speech));
}

/** `a-stable-key` → `a stable key`, for a reason that has no sentence yet. */
export function humanised(key: string): string {
  return key.split(".").at(-1)!.replaceAll("-", " ");
}

/** An alert's sentence, on the page and in messages: its title, or its readable key where no locale has one. */
export function sayAlert(title: string, evidence: Evidence, speech: Speech): string {
  return sayTitle(title, evidence, speech) ?? humanised(title);
}

/** Evidence as terms and descriptions, in the order in which it was given. */
export function evidenceList(
  evidence: Evidence,
  policy: string | null,
  speech: Speech,
): { readonly name: string; readonly term: string; readonly description: string }[] {
  return Object.keys(evidence).flatMap((name) => {
    const description = sayOne(name, evidence, policy, speech);
    if (description === null) return [];
    return [{ name, term: speech.lookup(`evidence.${name}`) ?? speech.lookup(`point.${name}`) ?? humanised(name), description }];
  });
}
