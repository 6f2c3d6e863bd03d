/** The form of a declarative mapping, in the site file and at `/mappings`. Every mistake is told with its path. */
import { z } from "zod";
import { DEVICE_KINDS } from "../core/device.ts";
import type { Mapping } from "../core/mapping.ts";
import { readPath, readTopic } from "../core/mapping.ts";
import { isPointName } from "../core/normalise.ts";
import { converts } from "../core/units.ts";
import { officeUnit } from "../core/description.ts";

const path = z.string().superRefine((text, context) => {
  const read = readPath(text);
  if ("wrong" in read) context.addIssue({ code: "custom", message: read.wrong });
});
const topic = z.string().superRefine((text, context) => {
  const read = readTopic(text);
  if ("wrong" in read) context.addIssue({ code: "custom", message: read.wrong });
});
const point = z.string().refine(isPointName, "must be 1 to 64 letters, digits, _ . or -");
const value = z.union([z.number(), z.boolean(), z.string().max(64)]);
const template = z.string().min(1).max(2000);
const ends = z
  .string()
  .min(1)
  .max(300)
  .regex(/^(?!jieyue\/|\$)[^+#]*$/, "must be a topic to publish on: no + or #, not jieyue/… or $…");

const mapped = z
  .strictObject({
    point,
    path: path.default(""),
    bytes: z
      .strictObject({
        at: z.number().int().min(0).max(65_535),
        type: z.enum(["u8", "i8", "u16", "i16", "u32", "i32", "f32", "bcd32"]),
        order: z.enum(["ABCD", "DCBA", "CDAB", "BADC"]).default("ABCD"),
      })
      .optional(),
    unit: z.string().max(20).nullable().default(null),
    scale: z
      .number()
      .refine((n) => n !== 0, "must not be 0")
      .default(1),
    offset: z.number().default(0),
    values: z.record(z.string().max(64), value).optional(),
    none: z
      .array(z.union([z.string().max(64), z.number()]))
      .max(20)
      .default([]),
  })
  .superRefine((p, context) => {
    const office = officeUnit(p.point);
    if (p.unit !== null && office !== undefined && office !== "" && !converts(p.unit, office) && p.unit !== office)
      context.addIssue({ code: "custom", path: ["unit"], message: `"${p.unit}" cannot be turned into ${office}, the unit of ${p.point}` });
  });

export const mappingSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "must be small letters, digits and -, beginning with a letter"),
    topic,
    device: z.string().min(1).max(200).default("{device}"),
    name: z.string().min(1).max(200).default(""),
    kind: z.enum(DEVICE_KINDS).nullable().default(null),
    interval: z.number().int().min(1).max(604_800).nullable().default(null),
    openLoop: z.boolean().default(false),
    time: z
      .strictObject({ path, as: z.enum(["ms", "s", "iso"]).default("ms") })
      .nullable()
      .default(null),
    points: z.array(mapped).min(1).max(100),
    availability: z
      .strictObject({ topic, online: z.string().max(64).default("online"), offline: z.string().max(64).default("offline") })
      .nullable()
      .default(null),
    commands: z
      .array(
        z.strictObject({
          points: z.array(point).min(1).max(10),
          topic: ends,
          payload: template,
          values: z.record(z.string(), z.record(z.string(), z.string().max(200))).optional(),
        }),
      )
      .max(20)
      .default([]),
    ack: z
      .strictObject({
        topic,
        id: path,
        accepted: z
          .strictObject({ path, is: z.string().max(64) })
          .nullable()
          .default(null),
      })
      .nullable()
      .default(null),
  })
  .superRefine((mapping, context) => {
    const names = namesIn(mapping.topic);
    for (const [at, text] of [
      ["device", mapping.device],
      ["name", mapping.name],
    ] as const)
      for (const place of placesIn(text)) {
        if (place.startsWith("$") ? "wrong" in readPath(place) : !names.has(place))
          context.addIssue({
            code: "custom",
            path: [at],
            message: `{${place}} is neither a level of the topic (${[...names].join(", ") || "it names none"}) nor a path such as {$.sn}`,
          });
      }
    mapping.commands.forEach((command, i) => {
      for (const place of placesIn(command.topic))
        if (!names.has(place)) context.addIssue({ code: "custom", path: ["commands", i, "topic"], message: `{${place}} is no level of the topic` });
      for (const place of placesIn(command.payload))
        if (place !== "id" && place !== "now" && !command.points.includes(place) && !names.has(place))
          context.addIssue({
            code: "custom",
            path: ["commands", i, "payload"],
            message: `{${place}} is neither one of its points, {id}, {now} nor a level of the topic`,
          });
    });
    if (mapping.availability !== null) {
      const there = namesIn(mapping.availability.topic);
      for (const place of placesIn(mapping.device))
        if (!there.has(place))
          context.addIssue({ code: "custom", path: ["availability", "topic"], message: `must name the level {${place}}, which tells the devices apart` });
    }
  })
  .transform((mapping): Mapping => mapping);

/** Names between single braces; JSON's own braces hold no name alone. */
function placesIn(text: string): string[] {
  return [...text.matchAll(/\{([^{}"':,\s]{1,200})\}/g)].map((m) => m[1]!);
}

function namesIn(pattern: string): Set<string> {
  const read = readTopic(pattern);
  return new Set("wrong" in read ? [] : read.flatMap((l) => (l.kind === "word" || l.name === null ? [] : [l.name])));
}
