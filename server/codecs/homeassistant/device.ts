/** One device with all that was discovered of it: which of its entities has which of the office's words, and what that makes of the device. */
import type { DescribedPoint, Description, Lapse } from "../../core/description.ts";
import { guessKind, isOfficePoint } from "../../core/description.ts";
import type { PointValue } from "../../core/reading.ts";
import type { Addressed, Encoded, Outgoing } from "../codec.ts";
import { EVENT_SECONDS, shortText } from "../codec.ts";
import type { Availability } from "./availability.ts";
import type { Component, Role, Values } from "./entity.ts";

export interface Entity {
  readonly id: string;
  readonly component: string;
  /** Its own name, as a point may be called. */
  readonly slug: string;
  /** How it was named, to tell `energy` from `energy_today`: 0 = never the office's word, 3 = exactly that. */
  readonly rank: (office: string) => number;
  readonly made: Component;
  readonly availability: Availability | null;
  /** Seconds after which its word counts no more; null where it says nothing. */
  readonly expires: number | null;
  readonly unread: readonly string[];
}

export type Identity = Pick<Description, "address" | "aliases" | "name" | "hardware" | "maker" | "model" | "area">;

export interface HaDevice {
  readonly address: string;
  readonly entities: ReadonlyMap<string, Entity>;
  put(entity: Entity): void;
  remove(id: string): void;
  /** What is known of the device itself: later configs may say more. */
  know(identity: Identity): void;
  describe(): Description;
  /** Adds what an entity told, in the names that its roles have in this device. */
  name(entity: Entity, values: Values, said: Record<string, unknown>): void;
  write(set: Readonly<Record<string, PointValue>>, device: Addressed): Encoded;
  /** Whether anything of it is there; null where nothing says so. */
  available(): boolean | null;
  /** The last that was told of it. */
  told: boolean | null;
}

interface Place {
  readonly entity: Entity;
  readonly role: Role;
}

const MAX_UNREAD = 40;
const key = (entity: Entity, role: string) => `${entity.id}\n${role}`;
const plain = (name: string) => name.replaceAll(/[^A-Za-z0-9_.-]+/g, "_").slice(0, 48);

export function createDevice(first: Identity): HaDevice {
  const entities = new Map<string, Entity>();
  let identity = first;
  let names: Map<Entity, Map<string, string>> | null = null;
  /** By point: whose it is. More than one: several switches of one device, switched as one. */
  let points = new Map<string, readonly Place[]>();
  let doubts: string[] = [];
  const states = new Map<string, unknown>();

  /** The office's words go to whoever commands most and is named most exactly; between equals only switches share, for the rest nobody has it. */
  function assign(): Map<Entity, Map<string, string>> {
    if (names !== null) return names;
    const called = new Map<Entity, Map<string, string>>([...entities.values()].map((e) => [e, new Map()]));
    points = new Map();
    doubts = [];
    const claims = new Map<string, { readonly place: Place; readonly rank: number }[]>();
    const sorted = [...entities.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const entity of sorted) {
      for (const role of entity.made.roles) {
        const named = role.office === null ? 0 : entity.rank(role.office);
        if (role.office === null || named === 0) continue;
        claims.set(role.office, [...(claims.get(role.office) ?? []), { place: { entity, role }, rank: entity.made.claim * 10 + named }]);
      }
    }
    const shared = new Set<string>();
    for (const [office, list] of claims) {
      const most = Math.max(...list.map((c) => c.rank));
      const best = list.filter((c) => c.rank === most).map((c) => c.place);
      if (best.length === 1 || office === "on") points.set(office, best);
      else doubts.push(`${office}: ${best.map((b) => b.entity.slug).join(", ")} all tell it, so none of them is taken for the device's`);
      if (best.length === 1) called.get(best[0]!.entity)!.set(best[0]!.role.role, office);
      else if (office === "on") for (const b of best) shared.add(key(b.entity, b.role.role));
    }
    for (const entity of sorted) {
      for (const role of entity.made.roles) {
        if (called.get(entity)!.has(role.role)) continue;
        const own = ownName(entity, role);
        called.get(entity)!.set(role.role, own);
        points.set(own, [{ entity, role }]);
      }
    }
    for (const id of states.keys()) if (!shared.has(id)) states.delete(id);
    for (const id of shared) if (!states.has(id)) states.set(id, undefined);
    return (names = called);
  }

  function ownName(entity: Entity, role: Role): string {
    const base = entity.made.roles.length === 1 || role.role === "value" ? entity.slug : plain(`${entity.slug}_${role.role}`);
    const own = isOfficePoint(base) || base === "" ? plain(`${entity.component}_${base}`) : base;
    for (let n = 2, name = own; ; n++) {
      if (!points.has(name)) return name;
      name = `${own}_${n}`;
    }
  }

  function describedPoint([name, [place]]: readonly [string, readonly Place[]]): DescribedPoint {
    const { entity, role } = place!;
    const { writable, min, max, values } = role;
    // The house knows the units of the office's own words; of others only what stands here.
    const unit = isOfficePoint(name) ? role.unit : (role.ours ?? role.unit);
    return {
      name,
      key: role.role === "value" ? entity.slug : `${entity.slug}.${role.role}`,
      unit,
      writable,
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(values === undefined ? {} : { values }),
    };
  }

  /** What ends by itself; a word that several switches share has no one end. */
  function lapsesOf([point, places]: readonly [string, readonly Place[]]): readonly Lapse[] {
    const [{ entity, role }] = places as readonly [Place];
    if (places.length > 1) return [];
    const never: readonly Lapse[] = role.lapses === undefined ? [] : [{ point, seconds: role.lapses, to: "false" }];
    return entity.expires === null ? never : [...never, { point, seconds: entity.expires, to: "unknown" }];
  }

  return {
    address: first.address,
    entities,
    told: null,
    put(entity) {
      entities.set(entity.id, entity);
      names = null;
    },
    remove(id) {
      entities.delete(id);
      names = null;
    },
    know(more) {
      identity = {
        ...more,
        address: identity.address,
        aliases: [...new Set([...identity.aliases, ...more.aliases])].filter((a) => a !== identity.address).slice(0, 20),
        hardware: [...new Set([...identity.hardware, ...more.hardware])].slice(0, 20),
        maker: more.maker ?? identity.maker,
        model: more.model ?? identity.model,
        area: more.area ?? identity.area,
      };
    },
    describe() {
      assign();
      const all = [...entities.values()];
      const lapses = [...points].flatMap(lapsesOf);
      const expiring = all.map((e) => e.expires).filter((e) => e !== null);
      const kinds = all.map((e) => (e.made.roles.some((r) => points.get(r.office ?? "")?.some((p) => p.entity === e)) ? (e.made.kind ?? null) : null));
      const guessed = guessKind(points.keys());
      // A switch alone seems a lamp by its points; what its component or class says is better.
      const kind = guessed === null || guessed === "light" ? (kinds.find((k) => k !== null) ?? guessed) : guessed;
      const commanded = all.filter(
        (e) => e.made.write !== undefined && [...points].some(([n, at]) => isOfficePoint(n) && at.some((p) => p.entity === e && p.role.writable)),
      );
      return {
        ...identity,
        kind,
        points: [...points].map(describedPoint),
        ...(lapses.length === 0 ? {} : { lapses }),
        topic: all.flatMap((e) => e.made.reads)[0]?.source.topic ?? "",
        // A device without a sensor speaks when it changes.
        interval: expiring.length > 0 ? Math.max(1, Math.ceil(Math.min(...expiring) / 3)) : all.some((e) => e.component === "sensor") ? null : EVENT_SECONDS,
        openLoop: commanded.length > 0 && commanded.every((e) => e.made.openLoop),
        unread: [...doubts, ...all.flatMap((e) => e.unread.map((u) => `${e.slug}: ${u}`))]
          .slice(0, MAX_UNREAD)
          .map((u) => shortText(u, 400) ?? u.slice(0, 400)),
      };
    },
    name(entity, values, said) {
      const called = assign().get(entity);
      for (const role in values) {
        const value = values[role];
        const name = called?.get(role);
        if (name !== undefined) said[name] = value;
        const id = states.size === 0 ? "" : key(entity, role);
        if (!states.has(id)) continue;
        states.set(id, value);
        const together = [...states.values()];
        if (together.includes(true)) said["on"] = true;
        else if (together.every((state) => state === false)) said["on"] = false;
      }
    },
    write(set, device) {
      assign();
      const byEntity = new Map<Entity, Record<string, PointValue>>();
      for (const [point, value] of Object.entries(set)) {
        const places = points.get(point)?.filter((p) => p.role.writable) ?? [];
        if (places.length === 0) return { kind: "cannot", why: `Its source offers nothing by which ${point} could be set.` };
        for (const { entity, role } of places) byEntity.set(entity, { ...byEntity.get(entity), [role.role]: value });
      }
      const list: Outgoing[] = [];
      for (const [entity, roles] of byEntity) {
        const written = entity.made.write?.(roles, device) ?? "Its source offers nothing by which that could be set.";
        if (typeof written === "string") return { kind: "cannot", why: written };
        list.push(...written);
      }
      return { kind: "messages", messages: list };
    },
    available() {
      const said = [...entities.values()].map((e) => e.availability?.now()).filter((s) => s !== undefined);
      if (said.includes(true)) return true;
      return said.length > 0 && said.every((s) => s === false) ? false : null;
    },
  };
}
