/** Who is told, as the border shows it. */
import type { Absence, Notice, OutOfService } from "../../core/alerts/notice.ts";
import type { WhoHears } from "../../core/alerts/rehearsal.ts";
import type { ChannelState, House } from "../../core/house.ts";
import type { Millis } from "../../core/reading.ts";
import type { AbsenceDto, ChannelDto, HearingDto, NoticeDto, OutOfServiceDto } from "../hearing.ts";
import type { Eyes } from "./eyes.ts";
import { orNull } from "./eyes.ts";

const URL_REST = /(https?:\/\/[^\s/?#]+)[^\s]*/gi;
const ADDRESS = /[^\s<>@"']+@([^\s<>@"']+)/g;
const NUMBER = /\+?\d[\d -]{6,}\d/g;
const SECRET = /\b[A-Za-z0-9_-]{20,}\b/g;

/** A channel's words about its failure without what was entrusted to it: keys in addresses, people's mailboxes and numbers. */
export function maskedError(error: string): string {
  return error.slice(0, 500).replace(URL_REST, "$1/…").replace(ADDRESS, "…@$1").replace(NUMBER, "…").replace(SECRET, "…");
}

export function channelDto(eyes: Eyes, { definition, reaches, downSince, lastError, left }: ChannelState): ChannelDto {
  const { id, kind, personal, perMinute } = definition;
  return {
    id,
    kind,
    personal,
    perMinute,
    reaches: {
      everybody: personal && reaches === null,
      people: personal ? (reaches?.size ?? 0) : 0,
      me: personal && (reaches === null || reaches.has(eyes.actor.id)),
    },
    state: downSince === null ? "works" : "down",
    downSince: orNull(eyes, downSince),
    lastError: lastError === null ? null : { at: eyes.iso(lastError.at), error: maskedError(lastError.error) },
    lastMinute: left.filter((at) => at > eyes.now - 60_000).length,
  };
}

export function noticeDto(eyes: Eyes, n: Notice): NoticeDto {
  const { id, channel, person, how, state, severity, attempts } = n;
  return {
    id,
    channel,
    person,
    how,
    state,
    alerts: [...n.alerts],
    severity,
    plannedAt: eyes.iso(n.plannedAt),
    attempts,
    endedAt: orNull(eyes, n.endedAt),
    error: n.error === null ? null : maskedError(n.error),
  };
}

/** `mine`: the reader may end it, and may know why. */
export function absenceDto(eyes: Eyes, a: Absence, mine: boolean): AbsenceDto {
  const { id, person, standIn, by } = a;
  return { id, person, from: eyes.iso(a.from), until: eyes.iso(a.until), standIn, note: mine ? a.note : null, by, endedAt: orNull(eyes, a.endedAt), mine };
}

/** `alert`: the one that stands while its alarm is out of service. */
export function outOfServiceDto(eyes: Eyes, s: OutOfService, department: string | null, alert: string | null): OutOfServiceDto {
  const { id, alarm, device, reason, by } = s;
  return { id, alarm, device, department, reason, by, from: eyes.iso(s.from), until: orNull(eyes, s.until), endedAt: orNull(eyes, s.endedAt), alert };
}

export function hearingDto(
  eyes: Eyes,
  house: House,
  of: Pick<HearingDto, "severity" | "department" | "workingNow"> & { readonly at: Millis },
  { begins, because, steps }: WhoHears,
): HearingDto {
  return {
    at: eyes.iso(of.at),
    severity: of.severity,
    department: of.department,
    workingNow: of.workingNow,
    begins,
    because,
    steps: steps.map(({ at, level, person, why, absent, told }) => ({
      at: eyes.iso(at),
      level,
      person,
      why,
      absent,
      told: told.map((t) => ({ ...t, kind: house.channels.get(t.channel)?.definition.kind ?? null, at: orNull(eyes, t.at) })),
    })),
  };
}
