/** Why a finding or a command came about, afterwards: what was known then, who had allowed or changed what, and what followed. */
import type { Eyes } from "../../contract/present/eyes.ts";
import { commandDto } from "../../contract/present/commands.ts";
import { approvalDto, handsOffDto, overrideDto } from "../../contract/present/exceptions.ts";
import { unitOfPoint } from "../../core/description.ts";
import { dayAnswer } from "../../core/explain.ts";
import type { Command, Finding } from "../../core/finding.ts";
import { covers as switchCovers } from "../../core/hands-off.ts";
import { exemptionFor } from "../../core/house.ts";
import type { Millis, PointId } from "../../core/reading.ts";
import { problem } from "../../errors.ts";
import type { Office } from "../../ports/office.ts";
import type { Page, PageRequest } from "../../ports/records.ts";
import type { Handlers } from "../route.ts";
import { findingOf, presentFindings } from "./policies.ts";

const MINUTE = 60_000;
const HALF_HOUR = 30 * MINUTE;
/** Overrides last seven days at most; overtime is asked for at most so long ahead. */
const LOOKED_BACK_MS = 60 * 86_400_000;
const PAGE = 500;

/** Everything newer than `since` of a list that comes newest first. */
async function newerThan<T>(read: (page: PageRequest) => Promise<Page<T>>, at: (item: T) => Millis, since: Millis): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await read({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.items.filter((item) => at(item) >= since));
    if (page.next === null || page.items.some((item) => at(item) < since)) return found;
    cursor = page.next;
  }
}

/** What the policy looked at, as it stood at that instant: its own points, its neighbours', the weather. */
async function inputs({ house, history }: Office, device: string, policy: string | null, at: Millis, eyes: Eyes) {
  const state = house.devices.get(device);
  const definition = policy === null ? undefined : house.policies.get(policy)?.definition;
  if (state === undefined || definition === undefined || state.device.kind === null) return [];
  const { kind, space, building } = state.device;
  const { own, ownOf, neighbours, outdoor } = definition.watches;
  const points: { readonly point: PointId; readonly unit: string; readonly interval: number }[] = [];
  const add = (id: string, names: readonly string[]) => {
    const of = house.devices.get(id);
    for (const name of names)
      if (of?.points.has(name)) points.push({ point: `${id}/${name}`, unit: unitOfPoint(of.device, name), interval: of.device.interval });
  };
  add(device, [...new Set([...own, ...(ownOf?.[kind] ?? []), "power", "flow"])]);
  for (const other of space === null ? [] : (house.devicesBySpace.get(space) ?? []))
    if (other.kind !== null && other.id !== device) add(other.id, neighbours?.[other.kind] ?? []);
  for (const station of outdoor === undefined ? [] : (house.outdoorByBuilding.get(building) ?? [])) add(station.id, outdoor ?? []);
  const known = await Promise.all(
    points.map(async ({ point, unit, interval }) => {
      const last = (await history.readings(point, at - 3000 * interval, at + 1, 1000)).at(-1);
      return last === undefined ? null : { point, unit, value: last.value, at: eyes.iso(last.at), quality: last.quality };
    }),
  );
  return known.filter((k) => k !== null);
}

/** The measured load half an hour before and after, by the minute, and its mean on either side. */
async function effect({ house, history }: Office, device: string, at: Millis, end: Millis, eyes: Eyes) {
  const state = house.devices.get(device);
  if (state === undefined) return null;
  const measuring = state.points.has("power") || state.points.has("flow") ? state : house.devices.get(state.device.meter ?? "");
  const point = measuring?.points.has("flow") === true ? "flow" : measuring?.points.has("power") === true ? "power" : null;
  if (measuring === undefined || point === null) return null;
  const id = `${measuring.device.id}/${point}`;
  const windows = await history.windows(id, at - HALF_HOUR, Math.min(end, at + 6 * HALF_HOUR) + HALF_HOUR, MINUTE, "mean", 0);
  const mean = (part: typeof windows) => {
    const values = part.flatMap((w) => (w.value === null ? [] : [w.value]));
    return values.length === 0 ? null : Math.round((values.reduce((a, b) => a + b, 0) / values.length) * 10) / 10;
  };
  return {
    point: id,
    unit: unitOfPoint(measuring.device, point),
    before: mean(windows.filter((w) => w.at < at)),
    after: mean(windows.filter((w) => w.at >= end)),
    series: windows.map((w) => ({ at: eyes.iso(w.at), value: w.value })),
  };
}

async function story(office: Office, eyes: Eyes, device: string, policy: string | null, at: Millis, finding: Finding | null, commands: readonly Command[]) {
  const { house, records } = office;
  const state = house.devices.get(device);
  const space = state?.device.space ?? null;
  const covers = (x: { readonly device: string | null; readonly space: string | null }) =>
    x.device === device || (x.device === null && x.space !== null && x.space === space);
  const since = at - LOOKED_BACK_MS;
  const overrides = await newerThan(
    (page) => records.overrides(undefined, page),
    (o) => o.from,
    since,
  );
  const approvals = await newerThan(
    (page) => records.approvals("granted", page),
    (a) => a.requestedAt,
    since,
  );
  const switches = await newerThan(
    (page) => records.handsOff(page),
    (h) => h.from,
    0,
  );
  const changes = policy === null ? [] : (await records.audit({ limit: 20 }, { subject: policy })).items.filter((e) => e.at <= at);
  const exemption = state === undefined || policy === null ? null : exemptionFor(house, state.device, policy);
  const last = commands.at(-1);
  const end = last?.proof?.at ?? last?.plannedAt ?? at;
  const commanded = commands[0]?.plannedAt ?? finding?.actAt ?? at;
  return {
    at: eyes.iso(at),
    device,
    policy,
    finding: finding === null ? null : (await presentFindings(office, eyes, [finding]))[0]!,
    commands: commands.map((c) => commandDto(eyes, c)),
    day: dayAnswer(house, at),
    inputs: await inputs(office, device, policy, at, eyes),
    overrides: overrides.filter((o) => covers(o) && o.from <= at && at < Math.min(o.until, o.endedAt ?? Infinity)).map((o) => overrideDto(eyes, o)),
    approvals: approvals.filter((a) => covers(a) && a.from !== null && a.until !== null && a.from <= at && at < a.until).map((a) => approvalDto(eyes, a)),
    handsOff: switches
      .filter((h) => state !== undefined && switchCovers(house, h, state.device) && h.from <= at && at < Math.min(h.until ?? Infinity, h.endedAt ?? Infinity))
      .map((h) => handsOffDto(eyes, h)),
    exemption: exemption?.reason ?? null,
    changes: changes.map((e) => ({ at: eyes.iso(e.at), by: e.by, what: e.what, detail: e.detail })),
    effect: await effect(office, device, commanded, Math.max(end, commanded), eyes),
  };
}

export async function commandOf({ house, records }: Office, id: string): Promise<Command> {
  const command = house.commands.get(id) ?? (await records.command(id));
  if (command === null) throw problem("not-found", `There is no command '${id.slice(0, 100)}'; see /api/v1/commands.`);
  return command;
}

export const caseHandlers: Handlers<"findingWhy" | "commandWhy"> = {
  findingWhy: {
    async run({ office, eyes, id }) {
      const finding = await findingOf(office, id);
      const commands = (await office.records.commands({ finding: finding.id }, { limit: 100 })).items.toReversed();
      return story(office, eyes, finding.subject.device, finding.policy, finding.openedAt, finding, commands);
    },
  },
  commandWhy: {
    async run({ office, eyes, id }) {
      const command = await commandOf(office, id);
      const finding = command.finding === null ? null : (office.house.findings.get(command.finding) ?? (await office.records.finding(command.finding)));
      const policy = command.source === "policy" ? command.by : (finding?.policy ?? null);
      return story(office, eyes, command.device, policy, command.plannedAt, finding, [command]);
    },
  },
};
