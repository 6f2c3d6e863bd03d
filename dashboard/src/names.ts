/** Names of what is known by id, in the page's language; the id itself where there is none. */
import { computed } from "@preact/signals";
import { isOfficePoint, officeUnit } from "../../server/core/description.ts";
import type { Evidence, Speech } from "../../server/contract/words/evidence.ts";
import { evidenceList, humanised, sayAlert, sayReason, sayWish } from "../../server/contract/words/evidence.ts";
import { format, lookup, t, text, word } from "./i18n.ts";
import { deviceShape, devices, now, policies, site, spaces } from "./store.ts";

const spaceById = computed(() => new Map(spaces.value.map((s) => [s.id, s])));
const personById = computed(() => new Map((site.value?.people ?? []).map((p) => [p.id, p])));
const departmentById = computed(() => new Map((site.value?.departments ?? []).map((d) => [d.id, d])));

export function spaceOf(id: string | null) {
  return id === null ? undefined : spaceById.value.get(id);
}

export function spaceName(id: string | null): string {
  const space = spaceOf(id);
  return space === undefined ? (id ?? t("common.no-space")) : text(space.name);
}

export function deviceName(id: string): string {
  void deviceShape.value;
  const device = devices.peek(id);
  return device === undefined ? id : text(device.name);
}

export function personName(id: string | null): string {
  if (id === null) return t("common.the-house");
  const person = personById.value.get(id);
  return person === undefined ? id : text(person.name);
}

export function buildingName(id: string): string {
  const building = site.value?.buildings.find((b) => b.id === id);
  return building === undefined ? id : text(building.name);
}

export function departmentName(id: string | null): string {
  const department = id === null ? undefined : departmentById.value.get(id);
  return department === undefined ? (id ?? t("common.no-department")) : text(department.name);
}

export function policyName(id: string): string {
  const custom = policies.peek(id)?.custom;
  return custom == null ? (lookup(`policy.${id}.name`) ?? humanised(id)) : text(custom.name);
}

/** An alarm by its name: a policy's, or what the house itself says. */
export function alarmName(alarm: string): string {
  return alarm.startsWith("policy.") ? policyName(alarm.slice("policy.".length)) : (lookup(`alarm.${alarm}`) ?? word("health-alarm", alarm));
}

/** The rule in the office's own words. */
export function policyRule(id: string): string | undefined {
  const custom = policies.peek(id)?.custom;
  return custom == null ? lookup(`policy.${id}.rule`) : text(custom.rule);
}

export function floorName(floor: string): string {
  return t("spaces.floor", { floor });
}

function speech(): Speech {
  return {
    format: format.value,
    lookup,
    now: now.peek(),
    policy: (id) => policies.peek(id),
    nameOf(id) {
      const device = devices.peek(id);
      if (device !== undefined) return text(device.name);
      const person = personById.value.get(id);
      return person === undefined ? undefined : text(person.name);
    },
  };
}

/** The sentence of a finding or a judgement. Without one: the reason, readable; its evidence is then shown as a list. */
export function reasonSentence(policy: string, reason: string, evidence: Evidence): string {
  return sayReason(policy, reason, evidence, speech()) ?? humanised(reason);
}

const CLOSED_BY_RULE: ReadonlySet<string> = new Set(["exempt", "overridden", "disabled", "out-of-scope", "removed", "silent"]);

/** Why a finding ended: a later judgement's reason (its figures are not kept), or what took the policy away. */
export function closeSentence(policy: string, reason: string | null): string {
  if (reason === null) return "";
  return CLOSED_BY_RULE.has(reason) ? (lookup(`why.${reason}`) ?? humanised(reason)) : reasonSentence(policy, reason, {});
}

export function alertSentence(title: string, evidence: Evidence): string {
  return sayAlert(title, evidence, speech());
}

export function evidenceTerms(evidence: Evidence, policy: string | null) {
  return evidenceList(evidence, policy, speech());
}

/** The unit of a point: its own, else the office's for this word. */
export function unitOf(name: string, unit = ""): string {
  return unit === "" ? (officeUnit(name) ?? "") : unit;
}

/** The office's own points before those that only the device has a word for, else as they came. */
export function officeFirst<P extends { readonly name: string }>(points: readonly P[]): readonly P[] {
  return [...points.filter((p) => isOfficePoint(p.name)), ...points.filter((p) => !isOfficePoint(p.name))];
}

/** A point's name that may break where a device's own word has its joints. */
export function pointWord(name: string): string {
  return word("point", name).replaceAll(/([_.])(?=\w)/g, "$1\u200b");
}

/** A point's value in words or with its unit. */
export function pointText(name: string, value: string | number | boolean | null, unit: string): string {
  if (value === null) return "—";
  if (typeof value === "number") return format.value.quantity(value, unit, true);
  return lookup(`value.${name}.${String(value)}`) ?? String(value);
}

/** What a command sets, in words. */
export function setText(set: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(set)
    .filter(([name]) => name !== "job")
    .map(([name, value]) => sayWish(name, value, { format: format.value, lookup }))
    .join(" · ");
}

const BY_MESSAGE = "by-message";

/** A note in an alert's log: what the house or a link in a message wrote is in the page's language, the rest is a person's own words. */
export function noteInWords(note: string): string {
  if (note.startsWith(`${BY_MESSAGE}: `)) return t("log-note.said-by-message", { note: note.slice(BY_MESSAGE.length + 2) });
  return lookup(`log-note.${note}`) ?? note;
}
