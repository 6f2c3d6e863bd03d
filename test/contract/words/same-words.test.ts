/** An alert is said by the server exactly as by the page: the page's own function is asked, with what the server would send it. */
import { beforeAll, describe, expect, it } from "vitest";
import { alertDto } from "../../../server/contract/present/alerts.ts";
import { deviceDto } from "../../../server/contract/present/devices.ts";
import { siteDto } from "../../../server/contract/present/house.ts";
import { policyDto } from "../../../server/contract/present/policies.ts";
import { composeMessage } from "../../../server/contract/compose.ts";
import type { Evidence } from "../../../server/core/policy.ts";
import { POLICIES } from "../../../server/core/policies/all.ts";
import type { Actor } from "../../../server/core/roles.ts";
import { LANGS } from "../../../server/contract/words/languages.ts";
import { words } from "../../../server/contract/words/zh-CN.ts";
import { alert, notice } from "../../support/alerting.ts";
import { shanghai } from "../../support/office.ts";
import { PlayedHouse, T0 } from "../../support/played-house.ts";

const { house } = new PlayedHouse(POLICIES);
const actor: Actor = { id: "director", role: "director", departments: [] };
const NOW = T0 + 3_600_000;
const eyes = { actor, now: NOW, iso: shanghai };
const person = house.site.people.find((p) => p.id === "director")!;

/** Something plausible for every gap of every sentence. */
const TEXTS: Readonly<Record<string, string>> = {
  user: "clerk",
  requestedBy: "clerk",
  document: "计划.docx",
  error: "no answer",
  set: "on=false setpoint=26",
  by: "cooling-floor",
  policy: "vacant-lights-off",
  param: "hold",
  what: "chattering",
  point: "temperature",
  doubt: "fell",
  state: "held",
  event: "开放日",
  holiday: "国庆节",
  booking: "例会",
  month: "2026-07",
  copier: "hall/copier-301",
  channel: "mail",
  reason: "赶材料",
  wanted: "26",
};

function evidenceFor(template: string, full: boolean): Evidence {
  const gaps = [...new Set([...template.matchAll(/\{([\w-]+)/g)].map((m) => m[1]!))];
  const needed = [...template.replaceAll(/\[[^\]]*\]/g, "").matchAll(/\{([\w-]+)/g)].map((m) => m[1]!);
  return Object.fromEntries(
    (full ? gaps : needed).map((gap, n) => [gap, gap.endsWith("At") ? T0 - n * 50_000_000 : (TEXTS[gap] ?? (gap === "occupied" ? true : 12.345 + n))]),
  );
}

const TITLES = Object.keys(words).flatMap((key) => {
  if (key.startsWith("alert.")) return [key.slice("alert.".length)];
  const [group, id, reason] = key.split(".");
  if (group !== "policy" || reason === "name" || reason === "rule") return [];
  return id === "any" ? POLICIES.slice(0, 2).map((p) => `policy.${p.id}.${reason}`) : [key];
});

beforeAll(async () => {
  Object.assign(globalThis, { document: { documentElement: {} } });
  const store = await import("../../../dashboard/src/store.ts");
  store.takeChanges({
    cursor: "",
    clock: { now: shanghai(NOW), speed: 1, simulated: false },
    devices: [...house.devices.values()].map((state) => deviceDto(eyes, house, state)),
    policies: [...house.policies.values()].map((p) => policyDto(house, p, 0)),
    findings: [],
    commands: [],
    alerts: [],
    overrides: [],
    handsOff: [],
    bookings: [],
    approvals: [],
    meters: [],
    rejections: [],
  });
  store.site.value = siteDto(house.site);
});

describe.each(LANGS)("in %s", (language) => {
  it("an alert has one sentence, on the page and in a message", async () => {
    const { useLanguage } = await import("../../../dashboard/src/i18n.ts");
    const { alertSentence } = await import("../../../dashboard/src/names.ts");
    await useLanguage(language);
    expect(TITLES.length).toBeGreaterThan(130);
    for (const title of TITLES) {
      const template = (words as Readonly<Record<string, string>>)[title.startsWith("policy.") ? title : `alert.${title}`] ?? "";
      for (const full of [true, false]) {
        const one = alert({ title, evidence: evidenceFor(template, full) });
        const page = alertSentence(title, alertDto(eyes, one).evidence);
        const context = { house, alerts: [one], person: { ...person, language }, actor, now: NOW, iso: shanghai, baseUrl: "", link: () => null };
        expect(composeMessage(notice(), context).alerts[0]!.title).toBe(page);
        expect(page).not.toMatch(/[{}]/);
      }
    }
  });

  it("what no locale knows is said readably by both", async () => {
    const { alertSentence } = await import("../../../dashboard/src/names.ts");
    const one = alert({ title: "system.never-heard-of", evidence: {} });
    const context = { house, alerts: [one], person: { ...person, language }, actor, now: NOW, iso: shanghai, baseUrl: "", link: () => null };
    expect(composeMessage(notice(), context).alerts[0]!.title).toBe(alertSentence(one.title, {}));
  });
});
