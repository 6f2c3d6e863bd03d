/** How alerts find people: the table, the channels, what was sent, and "who would hear of this?". */
import { channelDto, hearingDto, noticeDto, outOfServiceDto } from "../../contract/present/hearing.ts";
import type { Eyes } from "../../contract/present/eyes.ts";
import { buildingOf } from "../../core/alerts/chain.ts";
import { alarmKey } from "../../core/alerts/group.ts";
import type { OutOfService } from "../../core/alerts/notice.ts";
import type { Probe } from "../../core/alerts/rehearsal.ts";
import { whoHears } from "../../core/alerts/rehearsal.ts";
import type { House } from "../../core/house.ts";
import { may } from "../../core/roles.ts";
import { problem } from "../../errors.ts";
import type { Ask, Handlers } from "../route.ts";
import { deviceOf } from "./house.ts";
import { carryOut, spaceDepartment } from "./requests.ts";

const FURTHEST_MS = 30 * 86_400_000;

/** The alert that is asked about, with everything that a real one would have. */
function probeOf(house: House, body: Ask<"whoHears">["body"]): Probe {
  const policy = body.policy === undefined ? undefined : house.policies.get(body.policy);
  if (body.policy !== undefined && policy === undefined) throw problem("unknown-policy", `There is no policy '${body.policy.slice(0, 100)}'.`);
  if (policy !== undefined && body.title !== undefined) throw problem("invalid-body", "title: name a policy or a title, not both.");
  if (body.department !== undefined && !house.site.departments.some((d) => d.id === body.department))
    throw problem("unknown-scope", `There is no department '${body.department.slice(0, 100)}'.`);
  const device = body.device === undefined ? null : deviceOf(house, body.device).device;
  const space = device?.space ?? body.space ?? null;
  const department = body.department ?? device?.department ?? (body.space === undefined ? null : spaceDepartment(house, body.space));
  return {
    kind: body.kind,
    severity: body.severity ?? policy?.definition.severity ?? "medium",
    title: policy === undefined ? (body.title ?? "probe") : `policy.${policy.definition.id}.probe`,
    device: device?.id ?? null,
    space,
    department,
  };
}

function serviceDto(eyes: Eyes, house: House, service: OutOfService) {
  const key = alarmKey(service.alarm, service.device);
  const alert = [...house.alerts.values()].find((a) => a.state === "out-of-service" && alarmKey(a.title, a.device) === key)?.id ?? null;
  return outOfServiceDto(eyes, service, departmentOf(house, service), alert);
}

function departmentOf(house: House, { device }: OutOfService): string | null {
  return device === null ? null : (house.devices.get(device)?.device.department ?? null);
}

function serviceOf(house: House, id: string): OutOfService {
  const service = [...house.outOfService.values()].find((s) => s.id === id);
  if (service === undefined) throw problem("not-found", `No alarm '${id.slice(0, 100)}' is out of service; see /api/v1/out-of-service.`);
  return service;
}

export const alertingHandlers: Handlers<"alerting" | "whoHears" | "channels" | "tryChannel" | "notices" | "outOfServices" | "endOutOfService"> = {
  alerting: {
    run({ office: { house } }) {
      const { climb, offHours, every, groupEvery, flood, chatter, stale, routes } = house.site.alerting;
      return {
        climb: { high: [...climb.high], medium: [...climb.medium], low: [...climb.low] },
        offHours: [...offHours],
        every: { ...every },
        groupEvery,
        flood: { ...flood },
        chatter: { ...chatter },
        stale,
        routes: routes.map((r) => structuredClone(r) as never),
      };
    },
  },
  whoHears: {
    run({ office: { house }, eyes, body }) {
      const probe = probeOf(house, body);
      const at = Math.max(body.at ?? eyes.now, eyes.now);
      if (at > eyes.now + FURTHEST_MS) throw problem("range-too-wide", "at: at most 30 days ahead.");
      const workingNow = house.calendar.hours(buildingOf(house, probe), probe.department).working(at);
      return hearingDto(eyes, house, { at, severity: probe.severity, department: probe.department, workingNow }, whoHears(house, probe, eyes.now, at));
    },
  },
  channels: { run: ({ office: { house }, eyes }) => ({ items: [...house.channels.values()].map((c) => channelDto(eyes, c)), next: null }) },
  tryChannel: {
    async run({ office, actor, id, body }) {
      const channel = office.house.channels.get(id);
      if (channel === undefined) throw problem("unknown-channel", `There is no channel '${id.slice(0, 100)}'; see /api/v1/channels.`);
      const { personal } = channel.definition;
      const person = personal ? (body.person ?? actor.id) : null;
      if (person !== actor.id && !may(actor, "try-channel", null))
        throw problem("forbidden", `The role '${actor.role}' may send a test to itself only.`, { action: "try-channel" });
      return { notice: await carryOut(office, actor, { kind: "try-channel", channel: id, person }) };
    },
  },
  notices: {
    async run({ office, actor, eyes, query }) {
      const { cursor, limit, ...filter } = query;
      const all = may(actor, "view-personal", null);
      if (!all && filter.person !== undefined && filter.person !== actor.id)
        throw problem("forbidden", "You see the messages to yourself only.", { action: "view-personal" });
      const page = await office.records.notices({ ...filter, person: all ? filter.person : actor.id }, { cursor, limit });
      return { items: page.items.map((n) => noticeDto(eyes, n)), next: page.next };
    },
  },
  outOfServices: { run: ({ office: { house }, eyes }) => ({ items: [...house.outOfService.values()].map((s) => serviceDto(eyes, house, s)), next: null }) },
  endOutOfService: {
    department: ({ office: { house }, id }) => departmentOf(house, serviceOf(house, id)),
    async run({ office, actor, eyes, id }) {
      const before = serviceOf(office.house, id);
      await carryOut(office, actor, { kind: "return-to-service", service: id, note: null });
      return outOfServiceDto(eyes, { ...before, endedAt: eyes.now }, departmentOf(office.house, before), null);
    },
  },
};
