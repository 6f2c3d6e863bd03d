/** What the page hears over socket.io (path `/live`): `snapshot` once, then `changes`, at most ten a second, and each `message` for its reader. */
import { z } from "zod";
import { NOTICE_KINDS } from "../core/alerts/notice.ts";
import { SEVERITIES } from "./alerting.ts";
import { alertDto } from "./alerts.ts";
import { approvalDto } from "./approvals.ts";
import { bookingDto } from "./calendar.ts";
import { commandDto } from "./commands.ts";
import { deviceDto } from "./devices.ts";
import { handsOffDto, overrideDto } from "./exceptions.ts";
import { findingDto } from "./findings.ts";
import { clockDto, overviewDto, rejectionDto, siteDto, spaceDto } from "./house.ts";
import { policyDto } from "./policies.ts";
import { LANGS } from "./words/languages.ts";

export const snapshot = z.object({
  cursor: z.string(),
  clock: clockDto,
  overview: overviewDto,
  site: siteDto,
  spaces: z.array(spaceDto),
  devices: z.array(deviceDto),
  /** Open ones, and those closed in the last day (newest 200). */
  findings: z.array(findingDto),
  /** Not ended, and the newest 200. */
  commands: z.array(commandDto),
  /** Not normal, and the newest 200. */
  alerts: z.array(alertDto),
  overrides: z.array(overrideDto),
  handsOff: z.array(handsOffDto),
  /** Bookings that are not over; one with `canceledAt` is gone. */
  bookings: z.array(bookingDto),
  approvals: z.array(approvalDto),
  policies: z.array(policyDto),
  rejections: z.array(rejectionDto),
});
export type Snapshot = z.infer<typeof snapshot>;

/** Whole objects that changed since the last message: replace by id. A device carries only the points that changed. */
export const changes = z.object({
  cursor: z.string(),
  clock: clockDto,
  overview: overviewDto.optional(),
  devices: z.array(deviceDto),
  findings: z.array(findingDto),
  commands: z.array(commandDto),
  alerts: z.array(alertDto),
  overrides: z.array(overrideDto),
  handsOff: z.array(handsOffDto),
  bookings: z.array(bookingDto),
  approvals: z.array(approvalDto),
  policies: z.array(policyDto),
  /** Points of which people entered, confirmed, rejected or withdrew something; what, `/meters` says. */
  meters: z.array(z.string()),
  rejections: z.array(rejectionDto),
});
export type Changes = z.infer<typeof changes>;

/** A message to the one who has the page open: shown, sounded once per id, spoken. */
export const pageMessage = z.object({
  /** The notice's id. */
  id: z.string(),
  how: z.enum(NOTICE_KINDS),
  severity: z.enum(SEVERITIES),
  subject: z.string(),
  spoken: z.string(),
  /** The language of `subject` and `spoken`. */
  language: z.enum(LANGS),
  /** Ids of the alerts that it names. */
  alerts: z.array(z.string()),
  count: z.number(),
  /** The console with just its alerts. */
  link: z.string(),
});
export type PageMessage = z.infer<typeof pageMessage>;
