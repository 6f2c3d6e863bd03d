/** The house as a whole, and who looks at it, as they cross the border. */
import { z } from "zod";
import { ACTIONS, ROLES } from "../core/roles.ts";
import { SPACE_CLASSES } from "../core/space.ts";
import { dayDto } from "./calendar.ts";
import { text, time } from "./fields.ts";

export const spaceDto = z.object({
  id: z.string(),
  building: z.string(),
  floor: z.string(),
  name: text,
  class: z.enum(SPACE_CLASSES),
  department: z.string().nullable(),
  area: z.number(),
});
export type SpaceDto = z.infer<typeof spaceDto>;

export const siteDto = z.object({
  id: z.string(),
  name: text,
  timezone: z.string(),
  buildings: z.array(z.object({ id: z.string(), name: text, floors: z.array(z.string()) })),
  departments: z.array(z.object({ id: z.string(), name: text, chief: z.string().nullable(), deputy: z.string().nullable() })),
  people: z.array(z.object({ id: z.string(), name: text, role: z.enum(ROLES), department: z.string().nullable() })),
});
export type SiteDto = z.infer<typeof siteDto>;

export const meDto = z.object({
  person: z.object({ id: z.string(), name: text, role: z.enum(ROLES), department: z.string().nullable() }).nullable(),
  mode: z.enum(["open", "password"]),
  may: z.record(z.enum(ACTIONS), z.enum(["all", "own"]).nullable()),
  departments: z.array(z.string()),
});
export type MeDto = z.infer<typeof meDto>;

export const rejectionDto = z.object({ fate: z.string(), topic: z.string(), detail: z.string(), excerpt: z.string(), at: time });
export type RejectionDto = z.infer<typeof rejectionDto>;

export const clockDto = z.object({ now: time, speed: z.number(), simulated: z.boolean() });
export type ClockDto = z.infer<typeof clockDto>;

/** Figures of the whole house that the overview shows; each with its unit in its name. */
export const overviewDto = z.object({
  devices: z.object({ total: z.number(), online: z.number(), offline: z.number(), silent: z.number(), manual: z.number(), discovered: z.number() }),
  powerW: z.object({ total: z.number(), ac: z.number(), light: z.number(), plug: z.number(), copier: z.number(), other: z.number() }),
  flowLpm: z.number(),
  occupiedSpaces: z.number(),
  knownSpaces: z.number(),
  outdoorC: z.number().nullable(),
  openFindings: z.number(),
  pendingCommands: z.number(),
  unacknowledged: z.number(),
  pendingApprovals: z.number(),
  leads: z.boolean().meta({ description: "Whether this server commands the house; false while another one does" }),
  deaf: z.boolean().meta({ description: "Nobody was heard for so long that no policy commands anything" }),
  today: z.object({ findings: z.number(), proven: z.number(), wastedKwh: z.number(), wastedM3: z.number(), wastedCny: z.number() }),
  intake: z.object({ messages: z.number(), readings: z.number(), rejected: z.number(), backlog: z.number(), fates: z.record(z.string(), z.number()) }),
  forward: z
    .object({ failing: z.boolean(), behind: z.number(), behindSeconds: z.number(), rejected: z.number() })
    .nullable()
    .meta({ description: "How the forward to InfluxDB does: readings that wait, the age of the oldest, readings that were refused; null where there is none" }),
  day: dayDto,
});
export type OverviewDto = z.infer<typeof overviewDto>;
