/** A notice as the words that a channel carries. Pure: the same notice, house and instant make the same message. */
import type { Notice } from "../core/alerts/notice.ts";
import type { Alert } from "../core/finding.ts";
import type { House } from "../core/house.ts";
import type { Severity } from "../core/policy.ts";
import type { Millis } from "../core/reading.ts";
import type { Actor } from "../core/roles.ts";
import type { Person } from "../core/space.ts";
import { gather } from "./gather.ts";
import type { AlertLine } from "./gather.ts";
import type { Message } from "./message.ts";
import { evidenceDto } from "./present/eyes.ts";
import type { Speech } from "./words/evidence.ts";
import { humanised, sayAlert } from "./words/evidence.ts";
import type { Lang } from "./words/languages.ts";
import { pickText } from "./words/languages.ts";
import { oneLine } from "./words/plain.ts";
import { aloud, sayIn, speakable, speechFor } from "./words/speech.ts";
import type { WordKey } from "./words/zh-CN.ts";

/** Alerts that are named, and lines that are written; the rest is counted. */
const MOST = 20;
const SUBJECT = 120;
const SENTENCE = 300;
const SPOKEN = 300;
const NAMES = 3;
const SEVERITIES: readonly Severity[] = ["high", "medium", "low"];
/** Policies whose name says what is wrong with a device, not what the office wants. */
const CONDITIONS: ReadonlySet<string> = new Set([
  "policy.device-silent",
  "policy.device-stuck",
  "policy.meter-implausible",
  "policy.off-but-draws",
  "policy.supply-failed",
]);

export interface Composing {
  readonly house: House;
  /** Those of the notice's alerts that are known, the most urgent first. */
  readonly alerts: readonly Alert[];
  /** Who reads it; null: a group. */
  readonly person: Person | null;
  /** What the reader may see: what is personal is left out otherwise. */
  readonly actor: Actor;
  readonly now: Millis;
  /** ms as ISO 8601 with the site's offset. */
  readonly iso: (at: Millis) => string;
  /** The public address, without a slash at its end; "" where there is none: then the message's link is a path. */
  readonly baseUrl: string;
  /** The link that opens this alert for this reader; null for groups. */
  readonly link: (alert: Alert) => string | null;
}

/** Everything that the parts of one message are said with. */
interface Voice extends Composing {
  readonly lang: Lang;
  readonly speech: Speech;
  readonly say: ReturnType<typeof sayIn>;
}

function sentenceOf(alert: Alert, voice: Voice, speech = voice.speech): string {
  const shown = evidenceDto({ actor: voice.actor, now: voice.now, iso: voice.iso }, alert.evidence, alert.department);
  return oneLine(sayAlert(alert.title, speech === voice.speech ? shown : speakable(shown, speech), speech), SENTENCE);
}

/** `301 办公室 空调`: a device's name does not repeat the first word of its room's. */
function whereOf(alert: Alert, { house, lang }: Voice): string {
  const space = alert.space === null ? undefined : house.spaces.get(alert.space);
  const device = alert.device === null ? undefined : house.devices.get(alert.device)?.device;
  const room = space === undefined ? "" : pickText(space.name, lang);
  const [first, ...rest] = (device === undefined ? (alert.device ?? "") : pickText(device.name, lang)).split(" ");
  const thing = rest.length > 0 && room.split(" ")[0] === first ? rest.join(" ") : [first, ...rest].join(" ");
  const id = space?.building ?? device?.building;
  const building = house.site.buildings.length > 1 ? house.site.buildings.find((b) => b.id === id) : undefined;
  return oneLine([building === undefined ? "" : pickText(building.name, lang), room, thing].filter((part) => part !== "").join(" "), SUBJECT);
}

function placeOf({ building, floor }: AlertLine, { house, lang, say }: Voice): string {
  const found = house.site.buildings.find((b) => b.id === building);
  const name = found === undefined ? (building ?? "") : pickText(found.name, lang);
  return oneLine(name === "" || floor === null ? name : say("message.floor", { building: name, floor }), SUBJECT);
}

/** `主楼 3 层 12 台设备失联` */
function alike(line: AlertLine, voice: Voice): string {
  const { house, lang, say, speech } = voice;
  const [group, id] = line.alarm.split(".");
  const custom = house.policies.get(id ?? "")?.definition.custom;
  const policy = custom === undefined ? (speech.lookup(`policy.${id}.name`) ?? humanised(line.alarm)) : pickText(custom.name, lang);
  const name = group === "policy" ? policy : (speech.lookup(`alarm.${line.alarm}`) ?? humanised(line.alarm));
  const inside = lang === "en" ? name.charAt(0).toLowerCase() + name.slice(1) : name;
  const key: WordKey = CONDITIONS.has(line.alarm) ? "message.alike-devices" : group === "policy" ? "message.alike-quoted" : "message.alike";
  return oneLine(say(key, { where: placeOf(line, voice), n: line.alerts.length, what: key === "message.alike-quoted" ? name : inside }), SENTENCE);
}

function severityIn(voice: Voice, severity: Severity): string {
  return voice.say(`severity.${severity}`);
}

/** How long the oldest has been waiting, in words. */
function waited(alerts: readonly Alert[], { now, speech }: Voice): string {
  return speech.format.duration(now - alerts.reduce((oldest, a) => Math.min(oldest, a.raisedAt), now));
}

/** Who was told before and did not answer. */
function unanswered(alerts: readonly Alert[], { person, speech, say }: Voice): string | null {
  const told = alerts.flatMap((a) => a.told.filter((t) => t.how === "raised" || t.how === "climbed").map((t) => t.person));
  const names = [...new Set(told)].filter((id) => id !== null && id !== person?.id).map((id) => speech.nameOf(id!) ?? id!);
  return names.length === 0 ? null : oneLine(names.slice(-NAMES).join(say("message.comma")), SUBJECT);
}

function counts(alerts: readonly Alert[], voice: Voice): string {
  const some = SEVERITIES.map((severity) => ({ severity, n: alerts.filter((a) => a.severity === severity).length })).filter(({ n }) => n > 0);
  return some.map(({ severity, n }) => voice.say("message.count", { severity: severityIn(voice, severity), n })).join(voice.say("message.comma"));
}

function subjectOf(notice: Notice, lines: readonly AlertLine[], voice: Voice): string {
  const { say, alerts } = voice;
  const n = notice.alerts.length;
  const [alert] = alerts;
  const severity = severityIn(voice, notice.severity);
  const only = n === 1 && alert !== undefined ? { severity, where: whereOf(alert, voice), title: sentenceOf(alert, voice) } : null;
  const first = lines[0] === undefined ? null : lineTitle(lines[0], voice);
  switch (notice.how) {
    case "test":
      return say("message.test", { channel: notice.channel });
    case "channel":
      return say("message.channel", { title: first ?? notice.channel });
    case "summary":
      return say("message.summary", { severity, n, counts: counts(alerts, voice) });
    case "climbed": {
      const more = { who: unanswered(alerts, voice), for: waited(alerts, voice) };
      return only === null ? say("message.climbed-many", { severity, n, first, ...more }) : say("message.climbed-one", { ...only, ...more });
    }
    case "raised":
      return only === null ? say("message.many", { severity, n, first }) : say("message.one", only);
  }
}

function lineTitle(line: AlertLine, voice: Voice): string {
  if (line.alerts.length > 1) return alike(line, voice);
  const alert = line.alerts[0]!;
  return voice.say("spoken.where", { where: whereOf(alert, voice), title: sentenceOf(alert, voice) });
}

function writeLine(notice: Notice, line: AlertLine, links: ReadonlyMap<string, string | null>, voice: Voice): string {
  const { say, speech, now, iso } = voice;
  const severity = severityIn(voice, line.severity);
  const since = line.alerts.reduce((oldest, a) => Math.min(oldest, a.raisedAt), Infinity);
  const at = speech.format.time(iso(since), now);
  if (line.alerts.length > 1) return say("message.line-alike", { severity, title: alike(line, voice), at });
  const alert = line.alerts[0]!;
  const parts = { severity, where: whereOf(alert, voice), title: sentenceOf(alert, voice), at };
  const written = notice.how === "climbed" ? say("message.line-unanswered", { ...parts, for: waited([alert], voice) }) : say("message.line", parts);
  const link = links.get(alert.id);
  return link == null ? written : `${written}\n  ${say("message.open", { link })}`;
}

function headOf(notice: Notice, voice: Voice): string {
  const { say, alerts, person } = voice;
  const n = notice.alerts.length;
  switch (notice.how) {
    case "test":
      return say("message.body-test");
    case "channel":
      return say("message.head-channel");
    case "summary":
      return say("message.head-summary", { n });
    case "climbed":
      return say("message.head-climbed", { n, who: unanswered(alerts, voice) });
    case "raised":
      return say(person === null ? "message.head-group" : "message.head-raised", { n });
  }
}

function spokenOf(notice: Notice, lines: readonly AlertLine[], voice: Voice): string {
  const { say, alerts, lang, house } = voice;
  const speech = aloud(voice.speech, lang, house.site.timezone);
  const n = notice.alerts.length;
  const [line] = lines;
  const one = (alert: Alert) => ({
    where: house.devices.has(alert.device ?? "") || alert.device === null ? whereOf(alert, voice) : null,
    title: sentenceOf(alert, voice, speech),
  });
  const first = line === undefined ? null : line.alerts.length > 1 ? alike(line, voice) : say("spoken.where", one(line.alerts[0]!));
  const only = n === 1 && alerts[0] !== undefined ? one(alerts[0]) : null;
  const severe = alerts.filter((a) => a.severity === "high").length;
  const high = severe === 0 ? null : severe;
  switch (notice.how) {
    case "test":
      return say("spoken.test");
    case "channel":
      return say("spoken.channel", { title: first ?? "" });
    case "summary":
      return say("spoken.summary", { n, high });
    case "climbed": {
      const more = { who: unanswered(alerts, voice), for: waited(alerts, voice) };
      return only === null ? say("spoken.climbed-many", { n, first, ...more }) : say("spoken.climbed-one", { ...only, ...more });
    }
    case "raised":
      return only === null
        ? say("spoken.raised-many", { n, high, first })
        : say("spoken.raised-one", { severity: severityIn(voice, notice.severity), ...only });
  }
}

/** What reads well is not what sounds well: quotation marks, dots between words, dashes for what is missing, buildings' ids and addresses' schemes fall away. */
function sounding(text: string, house: House): string {
  const plain = house.site.buildings.reduce((said, { id }) => said.replaceAll(`${id}/`, ""), text);
  return oneLine(
    plain
      .replaceAll(/https?:(?:\/\/)?/g, "")
      .replaceAll(/[“”‘’「」『』《》〈〉"—]/g, "")
      .replaceAll("\u00a0", " ")
      .replaceAll(" · ", ", "),
    SPOKEN,
  );
}

export function composeMessage(notice: Notice, composing: Composing): Message {
  const { house, person, alerts, baseUrl, iso, now } = composing;
  const lang = person?.language ?? "zh-CN";
  const voice: Voice = { ...composing, lang, speech: speechFor(house, lang, now), say: sayIn(lang) };
  const lines = notice.how === "test" ? [] : gather(house, alerts, MOST);
  const written = lines.slice(0, MOST);
  const links = new Map(alerts.slice(0, MOST).map((a) => [a.id, composing.link(a)]));
  const told = written.reduce((n, line) => n + line.alerts.length, 0);
  const link = `${baseUrl}/alerts?notice=${encodeURIComponent(notice.id)}`;
  const rest = notice.how === "test" ? 0 : notice.alerts.length - told;
  return {
    id: notice.id,
    how: notice.how,
    person:
      person === null
        ? null
        : { id: person.id, name: pickText(person.name, lang), email: person.email, phone: person.phone ?? null, ntfy: person.ntfy ?? null },
    language: lang,
    severity: notice.severity,
    subject: oneLine(subjectOf(notice, lines, voice), SUBJECT),
    text: [
      headOf(notice, voice),
      ...written.map((line) => writeLine(notice, line, links, voice)),
      ...(rest > 0 ? [voice.say("message.more", { n: rest })] : []),
      ...(baseUrl === "" || notice.how === "test" ? [] : [voice.say("message.all", { link })]),
    ].join("\n"),
    spoken: sounding(spokenOf(notice, lines, voice), house),
    alerts: alerts.slice(0, MOST).map((a) => ({
      id: a.id,
      severity: a.severity,
      title: sentenceOf(a, voice),
      where: whereOf(a, voice),
      at: iso(a.raisedAt),
      link: links.get(a.id) ?? null,
    })),
    count: notice.alerts.length,
    link,
  };
}
