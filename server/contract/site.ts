/** The site file: spaces, devices, departments, people, calendar, policies. One schema; `parse-site.ts` makes a Site of it, or lists every mistake with its path. */
import { z } from "zod";
import { DEVICE_KINDS } from "../core/device.ts";
import { RHYTHMS } from "../core/meters/manual.ts";
import { MODES } from "../core/policy.ts";
import { ROLES } from "../core/roles.ts";
import { SPACE_CLASSES } from "../core/space.ts";
import { accountSchema } from "./account.ts";
import { alertingSchema } from "./alerting.ts";
import { mappingSchema } from "./mapping.ts";
import { CODECS } from "./sources.ts";
import { customPolicySchema } from "./custom-policy.ts";

const asText = (what: string) => ({
  error: (issue: { readonly input?: unknown }) => (typeof issue.input === "number" ? `${what} must be in quotes: "${issue.input}"` : `${what} must be a text`),
});
const id = z
  .string(asText("an id"))
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, "an id has only letters, digits, _ . - and begins with a letter or digit");
/** An id, or `<building>/<id>` where two buildings share one. */
const reference = z
  .string(asText("a reference"))
  .max(130)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*(\/[A-Za-z0-9][A-Za-z0-9_.-]*)?$/, "must be an id or <building>/<id>");
const locales = z.record(z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/, "is not a locale such as zh-CN or en"), z.string().min(1).max(200));
const textForm = "must be a text, or one text per locale (zh-CN, zh-TW, en)";
const text = z.union([z.string().min(1).max(200), locales.refine((t) => Object.keys(t).length > 0, textForm)], { error: textForm });
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day in quotes, such as "08:30"')
  .transform((t) => Number(t.slice(0, 2)) * 60 + Number(t.slice(3)));
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const monthDay = z
  .string()
  .refine(
    (t) => /^\d\d-\d\d$/.test(t) && Number(t.slice(3)) >= 1 && Number(t.slice(3)) <= (DAYS[Number(t.slice(0, 2)) - 1] ?? 0),
    'must be a month and day in quotes, such as "06-01"',
  );
const season = z.strictObject({ from: monthDay, until: monthDay });
const date = z.iso.date("must be a date such as 2026-10-01");
const instant = z.iso.datetime({ offset: true, error: "must be a time with its offset, such as 2026-07-01T19:00:00+08:00" }).transform((t) => Date.parse(t));
const line = z.string().min(1).max(500);

function knownZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

const scope = z.strictObject({
  buildings: z.array(id).optional(),
  floors: z.array(z.string(asText("a floor")).min(1)).optional(),
  spaces: z.array(reference).optional(),
  classes: z.array(z.enum(SPACE_CLASSES)).optional(),
  kinds: z.array(z.enum(DEVICE_KINDS)).optional(),
  tags: z.array(z.string().min(1)).optional(),
});

// RFC 3414 asks for eight characters.
const snmpKey = z.string(asText("a key")).min(8, "must have at least 8 characters").max(200);
const snmpSchema = z
  .strictObject({
    host: z.string(asText("a host")).min(1).max(253),
    port: z.number().int().min(1).max(65_535).default(161),
    version: z.union([z.literal(1), z.literal("2c"), z.literal(3)], "must be 1, 2c or 3").default("2c"),
    community: z.string(asText("a community")).min(1).max(200).nullable().default(null),
    user: z.string(asText("a user")).min(1).max(32).nullable().default(null),
    auth: z
      .strictObject({ protocol: z.enum(["md5", "sha", "sha224", "sha256", "sha384", "sha512"]).default("sha256"), key: snmpKey })
      .nullable()
      .default(null),
    privacy: z
      .strictObject({ protocol: z.enum(["aes", "aes256b", "aes256r"]).default("aes"), key: snmpKey })
      .nullable()
      .default(null),
    context: z.string(asText("a context")).max(32).default(""),
  })
  .superRefine(({ version, community, user, auth, privacy }, { addIssue }) => {
    const wrong = (path: string, message: string) => addIssue({ code: "custom", path: [path], message });
    if (version === 3) {
      if (user === null) wrong("user", "write the user that the printer's own page knows; version 3 asks by a user and its keys");
      if (community !== null) wrong("community", "is of versions 1 and 2c; version 3 asks by a user and its keys");
      if (privacy !== null && auth === null) wrong("privacy", "needs auth, too: who hides what is said proves first who it is");
      return;
    }
    // No default: "public" is a guess that opens what should have been closed.
    if (community === null) wrong("community", "write the community that the printer's own page sets for reading; there is no default");
    for (const [path, given] of Object.entries({ user, auth, privacy })) if (given !== null) wrong(path, "is of version 3; write version: 3 too");
  });

const printerSchema = z.strictObject({
  snmp: snmpSchema.nullable().default(null),
  ipp: z
    .url({ protocol: /^ipps?$/, error: "must be a queue's address such as ipp://print.example.gov.cn:631/printers/copier-3f" })
    .max(500)
    .refine((address) => !address.includes("@"), "must have no user name in it: allow this machine's address in the queue's policy")
    .nullable()
    .default(null),
  pageLog: line.nullable().default(null),
});

const FULL_TIME = [
  ["08:30", "12:00"],
  ["14:00", "17:30"],
] as [string, string][];

export const siteFileSchema = z.strictObject({
  site: z.strictObject({
    id,
    name: text,
    timezone: z.string().refine(knownZone, "is not an IANA zone such as Asia/Shanghai").default("Asia/Shanghai"),
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
  }),
  buildings: z.array(z.strictObject({ id, name: text, floors: z.array(z.string(asText("a floor")).min(1).max(20)).min(1) })).min(1),
  departments: z.array(z.strictObject({ id, name: text, chief: id.nullable().default(null), deputy: id.nullable().default(null) })).default([]),
  people: z
    .array(
      z.strictObject({
        id,
        name: text,
        role: z.enum(ROLES),
        department: id.nullable().default(null),
        email: z.email().nullable().default(null),
        phone: z
          .string(asText("a phone number"))
          .regex(/^\+?[0-9]{5,15}$/, 'must be a phone number in quotes, digits only, such as "13800138000" or "+8613800138000"')
          .nullable()
          .default(null),
        ntfy: z
          .string()
          .regex(/^[-_A-Za-z0-9]{1,64}$/, "must be an ntfy topic: letters, digits, - and _")
          .nullable()
          .default(null),
        language: z.enum(["zh-CN", "zh-TW", "en"]).default("zh-CN"),
      }),
    )
    .default([]),
  spaces: z
    .array(
      z.strictObject({
        id,
        building: id.optional(),
        floor: z.string(asText("a floor")).min(1).max(20),
        name: text,
        class: z.enum(SPACE_CLASSES),
        department: id.nullable().default(null),
        area: z.number().positive().max(1_000_000).default(20),
        windows: z.number().min(0).lt(360).nullable().default(null),
      }),
    )
    .default([]),
  devices: z
    .array(
      z.strictObject({
        id,
        building: id.optional(),
        kind: z.enum(DEVICE_KINDS),
        space: reference.nullable().default(null),
        name: text.optional(),
        department: id.nullable().optional(),
        tags: z.array(z.string().min(1).max(64)).default([]),
        protection: line.nullable().default(null),
        interval: z.number().int().min(1).max(86_400).default(300),
        standby: z.number().min(0).max(100_000).optional(),
        /** The device whose power measures this one, where it has none itself. */
        meter: reference.nullable().default(null),
        /** The gateway it speaks through, and the meter of the circuit that feeds it: their failure explains its own. */
        gateway: reference.nullable().default(null),
        feeder: reference.nullable().default(null),
        /** Commanded by infrared and the like: only an effect proves anything. */
        openLoop: z.boolean().default(false),
        /** Seconds within which it hears a command, where it sleeps between its own messages. */
        wakes: z.number().int().min(1).max(604_800).optional(),
        codec: z.enum(CODECS).default("native"),
        /** What another ecosystem calls it: needed with every codec but native and manual. */
        address: z.string().min(1).max(300).optional(),
        /** With `codec: manual`, a meter without a wire: which counter people read (its kind's first if absent), and how often. */
        read: z.strictObject({ point: z.string().min(1).max(64).optional(), every: z.enum(RHYTHMS).default("month") }).optional(),
        /** With `codec: printer`: how it is asked. */
        printer: printerSchema.optional(),
        topic: z
          .string()
          .min(1)
          .max(500)
          .regex(/^[^#+\0]+$/, "a topic that is published on has no + or #")
          .optional(),
      }),
    )
    .default([]),
  calendar: z
    .strictObject({
      working: z.array(z.tuple([timeOfDay, timeOfDay])).prefault(FULL_TIME),
      hours: z
        .array(
          z.strictObject({
            building: id.nullable().default(null),
            department: id.nullable().default(null),
            working: z.array(z.tuple([timeOfDay, timeOfDay])),
            days: z.array(z.number().int().min(1).max(7)).min(1).default([1, 2, 3, 4, 5]),
          }),
        )
        .max(200)
        .default([]),
      roster: z
        .array(
          z.strictObject({
            space: reference.nullable().default(null),
            people: z.array(id).min(1).max(200),
            from: date,
            until: date.nullable().default(null),
            start: timeOfDay,
            end: timeOfDay,
            days: z.enum(["all", "working", "non-working"]).default("all"),
          }),
        )
        .max(100)
        .default([]),
      feeds: z
        .array(
          z.strictObject({
            id,
            url: z
              .url({ protocol: /^https?$/, error: "must be an http or https address" })
              .nullable()
              .default(null),
            file: line.nullable().default(null),
            space: reference.nullable().default(null),
            rooms: z.record(z.string(), reference).default({}),
            every: z.number().int().min(60).max(86_400).default(900),
          }),
        )
        .max(50)
        .default([]),
      events: z.array(z.strictObject({ name: text, from: date, until: date })).default([]),
      bookings: z
        .array(
          z.strictObject({
            kind: z.enum(["meeting", "duty", "overtime"]),
            space: reference.nullable().default(null),
            from: instant,
            until: instant,
            note: line,
          }),
        )
        .default([]),
      summer: season.prefault({ from: "06-01", until: "09-30" }),
      winter: season.prefault({ from: "11-15", until: "03-15" }),
      heating: season.prefault({ from: "11-15", until: "03-15" }),
    })
    .prefault({}),
  exemptions: z
    .array(
      z.strictObject({
        policy: id.nullable().default(null),
        device: reference.nullable().default(null),
        space: reference.nullable().default(null),
        class: z.enum(SPACE_CLASSES).nullable().default(null),
        reason: line,
      }),
    )
    .default([]),
  policies: z
    .record(
      id,
      z.strictObject({
        enabled: z.boolean().optional(),
        mode: z.enum(MODES).optional(),
        params: z.record(z.string(), z.number()).optional(),
        scope: scope.optional(),
        owner: id.optional(),
        canary: z.array(reference).optional(),
      }),
    )
    .default({}),
  /** Devices that no codec knows: which topics, which paths, which units; see `settings/MAPPINGS.md`. */
  mappings: z.array(mappingSchema).max(200).default([]),
  /** Policies written as data; see `settings/POLICIES-AS-DATA.md`. */
  custom: z.array(customPolicySchema).max(200).default([]),
  /** One price for everything, the short way; `account.tariffs` has the long one. */
  tariffs: z
    .array(z.strictObject({ quantity: z.enum(["electricity", "water", "gas", "paper", "heat"]), price: z.number().min(0).max(10_000), source: line }))
    .default([]),
  account: accountSchema.prefault({}),
  alerting: alertingSchema.prefault({}),
});

export type SiteFile = z.infer<typeof siteFileSchema>;
