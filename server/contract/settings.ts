/** Every setting: type, default, range and description in one schema. The reference in server/settings/SETTINGS.md is made from it. */
import { z } from "zod";
import { channelsSchema } from "./channels.ts";
import { sourcesSchema } from "./sources.ts";

const port = z.coerce.number().int().min(0).max(65_535);
const days = (usual: number) => z.coerce.number().int().min(2).max(36_500).default(usual);
const optional = (description: string) => z.string().default("").meta({ description });

export const settingsSchema = z.strictObject({
  http: z
    .strictObject({
      host: z.string().min(1).default("127.0.0.1").meta({ description: "Address the page and the API listen on. Beyond loopback needs auth.mode password." }),
      port: port.default(8026).meta({ description: "Port of the page and the API; 0 = any free one." }),
      url: optional(
        "The address people use, e.g. https://jieyue.example.gov.cn, when a proxy with TLS stands before it: makes cookies Secure and links right.",
      ),
    })
    .prefault({}),
  mqtt: z
    .strictObject({
      url: optional("External broker, mqtt:// or mqtts://; empty = the embedded broker."),
      host: z.string().min(1).default("127.0.0.1").meta({ description: "Address the embedded broker listens on. Beyond loopback needs mqtt.users." }),
      port: port.default(1883).meta({ description: "Port of the embedded broker; 0 = any free one." }),
      username: optional("User name at the external broker."),
      password: optional("Password at the external broker."),
      ca: optional("PEM file of the authority that signed the external broker's certificate."),
      clientId: z
        .string()
        .min(1)
        .max(23)
        .default("jieyue")
        .meta({ description: "Client id at the external broker; its session is persistent, so it must stay the same and be used once." }),
      users: z
        .array(
          z.strictObject({
            username: z.string().min(1),
            passwordHash: z.string().startsWith("$argon2").meta({ description: "Argon2 hash, made by `npm run serve -- --hash-password`." }),
            devices: z
              .array(z.string())
              .default([])
              .meta({ description: "`<building>/<device>` it may speak for; `*` = all (a gateway); `<building>/*` = a building." }),
            topics: z
              .array(z.string().min(1).max(200))
              .default([])
              .meta({ description: "Topic filters of other ecosystems on which it may speak and hear, e.g. `zigbee2mqtt/#` for a bridge." }),
            offers: z
              .enum(["none", "hear", "switch"])
              .default("none")
              .meta({ description: "Whether it may hear what this server offers (`sources.offer`), and use the switches among that." }),
          }),
        )
        .default([])
        .meta({ description: "Who may connect to the embedded broker, and for which devices it may publish and hear commands." }),
    })
    .prefault({}),
  sources: sourcesSchema,
  data: z
    .strictObject({ dir: z.string().min(1).default("./data").meta({ description: "Folder of the history (DuckDB) and the records (SQLite)." }) })
    .prefault({}),
  history: z
    .strictObject({
      keepRaw: days(400).meta({ description: "Days that raw readings are kept. Readings that still wait to be forwarded are kept until they were." }),
      keepFiveMinutes: days(1100).meta({ description: "Days that five-minute roll-ups are kept." }),
      keepHours: days(3700).meta({ description: "Days that hourly roll-ups are kept; daily ones are kept for good." }),
      reserve: z.coerce.number().int().min(16).max(1_000_000_000).default(512).meta({
        description:
          "MB of the disk that readings must leave free: below twice as much an alert warns, below it nothing is taken in until there is room again.",
      }),
    })
    .prefault({}),
  influx: z
    .strictObject({
      url: optional("InfluxDB (2, 3, or 1.8) to which every reading is forwarded, e.g. http://127.0.0.1:8086; empty = off."),
      token: optional("Its token, with the right to write to the bucket, and to read it for `influx.read`; `user:password` for 1.8."),
      org: optional("Its organisation; anything for 1.8."),
      bucket: optional("Its bucket; `database/retention-policy` for 1.8."),
      ca: optional("PEM file of the authority that signed its certificate, where that is none that everybody knows."),
      read: z.enum(["never", "older"]).default("never").meta({
        description:
          "`older`: readings, and hours and days of charts, that the embedded history holds no longer are read from there (`GET /readings`, `GET /series`).",
      }),
      alertAfter: z.coerce
        .number()
        .min(1)
        .max(1440)
        .default(10)
        .meta({ description: "Minutes without getting anything through until that is an alert; a wrong token, organisation or bucket is one at once." }),
    })
    .prefault({}),
  site: z
    .strictObject({
      file: optional("Site file (spaces, devices, departments, people, calendar, policies); empty = the shipped city hall."),
      forms: optional("Folder of the office's own layouts of prescribed forms (`*.yaml`), beside those that ship and in place of those of the same id."),
    })
    .prefault({}),
  auth: z
    .strictObject({
      mode: z
        .enum(["", "open", "password"])
        .default("")
        .meta({ description: "`open` (only on loopback; a visitor chooses whom to be) or `password`; empty = open on loopback, password elsewhere." }),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
        .default("info")
        .meta({ description: "The least severe message that is logged." }),
    })
    .prefault({}),
  channels: channelsSchema,
  clock: z
    .strictObject({
      source: z.enum(["wall", "follow"]).default("wall").meta({
        description:
          "`wall`: this machine's time. `follow`: the retained topic jieyue/clock of a simulator winds it (demonstrations, replays); the page then says so.",
      }),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof settingsSchema>;
