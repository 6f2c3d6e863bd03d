/** Mappings on the page: the site file's and our own, tried against what was heard before they count. */
import { parseDocument, stringify } from "yaml";
import type { MappingDto } from "../../contract/adopting.ts";
import { presentMapping, presentTopic, presentTrial } from "../../contract/adopting.ts";
import { mappingSchema } from "../../contract/mapping.ts";
import type { House } from "../../core/house.ts";
import type { Mapping } from "../../core/mapping.ts";
import { problem } from "../../errors.ts";
import type { Ask, Handlers } from "../route.ts";
import { issuesOf } from "../route.ts";
import { carryOut } from "./requests.ts";

interface Wrong {
  readonly path: string;
  readonly message: string;
}

function bad(problems: readonly Wrong[]): Error {
  return problem("bad-mapping", problems.map((p) => (p.path === "" ? p.message : `${p.path}: ${p.message}`)).join("; "), { errors: problems });
}

/** One mapping out of what somebody wrote: itself, or the site file's `mappings` with one in it. */
function readMapping({ text, mapping }: Ask<"tryMapping">["body"]): Mapping {
  if (mapping !== undefined) return mapping;
  const document = parseDocument(text ?? "", { schema: "core", prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) throw bad([{ path: "", message: `This is neither YAML nor JSON: ${error.message.split("\n")[0]}` }]);
  let written: unknown;
  try {
    // Aliases could make a small text a large document.
    written = document.toJS({ maxAliasCount: 20 });
  } catch {
    throw bad([{ path: "", message: "It has too many aliases (*name); write it out." }]);
  }
  const list = typeof written === "object" && written !== null && "mappings" in written ? written.mappings : written;
  if (Array.isArray(list) && list.length !== 1) throw bad([{ path: "", message: `Give one mapping at a time; these are ${list.length}.` }]);
  const read = mappingSchema.safeParse(Array.isArray(list) ? (list as unknown[])[0] : list);
  if (read.success) return read.data;
  throw bad(issuesOf(read.error));
}

/** As one would write it: what is by default is left out. */
function written(mapping: Mapping): string {
  const plain = { ...mapping, points: mapping.points.map((p) => without(p, { path: "", unit: null, scale: 1, offset: 0, none: [] })) };
  const usual = { device: "{device}", name: "", kind: null, interval: null, openLoop: false, time: null, availability: null, commands: [], ack: null };
  return stringify(without(plain, usual), { lineWidth: 120 });
}

function without(object: object, usual: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(object).filter(([k, v]) => !(k in usual) || JSON.stringify(v) !== JSON.stringify(usual[k])));
}

function shown(house: House, mapping: Mapping, where: MappingDto["where"]): MappingDto {
  let devices = 0;
  for (const { device } of house.devices.values()) if (device.codec === "mapping" && device.address?.startsWith(`${mapping.id}/`) === true) devices++;
  return presentMapping(mapping, where, devices, written(mapping));
}

function mappingOf(house: House, id: string): MappingDto {
  const fixed = (house.site.mappings ?? []).find((m) => m.id === id);
  if (fixed !== undefined) return shown(house, fixed, "site-file");
  const own = house.mappings.get(id);
  if (own === undefined) throw problem("not-found", `There is no mapping '${id.slice(0, 100)}'; see /api/v1/mappings.`);
  return shown(house, own, "here");
}

export const mappingHandlers: Handlers<"mappings" | "mapping" | "unknownTopics" | "tryMapping" | "writeMapping" | "removeMapping"> = {
  mappings: {
    run: ({ office: { house } }) => ({
      items: [
        ...(house.site.mappings ?? []).map((m) => shown(house, m, "site-file")),
        ...[...house.mappings.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((m) => shown(house, m, "here")),
      ],
      next: null,
    }),
  },
  mapping: { run: ({ office: { house }, id }) => mappingOf(house, id) },
  unknownTopics: { run: ({ office, eyes }) => ({ items: office.unknownTopics().map((t) => presentTopic(eyes.iso, t)), next: null }) },
  tryMapping: {
    run({ office, eyes, body }) {
      const mapping = readMapping(body);
      return presentTrial(eyes.iso, mapping, written(mapping), office.tryMapping(mapping));
    },
  },
  writeMapping: {
    async run({ office, actor, id, body }) {
      const mapping = readMapping(body);
      if (mapping.id !== id) throw bad([{ path: "id", message: `is '${mapping.id}', and the address says '${id.slice(0, 64)}'` }]);
      await carryOut(office, actor, { kind: "write-mapping", mapping });
      return mappingOf(office.house, id);
    },
  },
  removeMapping: {
    async run({ office, actor, id }) {
      const before = mappingOf(office.house, id);
      await carryOut(office, actor, { kind: "remove-mapping", mapping: id });
      return before;
    },
  },
};
