/** What devices say and hear: the native format of the contract, on change and on their interval, with their faults. */
import { checkChange, moved, rounded } from "../devices/device.ts";
import type { SimDevice } from "../devices/device.ts";
import type { SimCopier } from "../devices/copier.ts";
import type { Answer, Draft } from "../faults/fault.ts";
import type { PointValue } from "../../server/core/reading.ts";
import type { Random } from "../random.ts";
import { createListener } from "./listener.ts";
import type { Office } from "./office.ts";
import type { Troubles } from "./troubles.ts";

export interface Outgoing {
  readonly topic: string;
  readonly payload: string;
  readonly retain?: boolean;
}

export interface Speaker {
  /** Anything but a state, e.g. a print job; an offline device says nothing. */
  say(topic: string, payload: string, sim: SimDevice, now: number): void;
  /** A device was touched: it reports what moved. */
  changed(sim: SimDevice, now: number): void;
  /** After a step: whoever moved far enough reports. */
  look(devices: readonly SimDevice[], now: number): void;
  hear(topic: string, payload: string | Uint8Array, now: number): void;
  /** Availability and state of all, or of one by its id. */
  greet(now: number, device?: string): void;
  left(sim: SimDevice, now: number): void;
  returned(sim: SimDevice, now: number): void;
  farewell(): Outgoing[];
  take(): Outgoing[];
  /** What a device last said, as it went out; null where it never spoke or is offline. */
  heard(sim: SimDevice): Readonly<Record<string, PointValue>> | null;
}

/** `jieyue/<building>/<device>` */
export function topicOf(device: string): string {
  return `jieyue/${device}`;
}

interface Voice {
  readonly sim: SimDevice;
  /** Of its state. */
  readonly topic: string;
  readonly names: readonly string[];
  readonly random: Random;
  told: Record<string, PointValue>;
  saidAt: number;
}

export interface SpeakerOptions {
  readonly office: Office;
  readonly random: Random;
  readonly troubles: Troubles;
  readonly rounds: readonly SimDevice[];
  /** Brings a device's values up to date and reports what moved. */
  readonly refresh: (sim: SimDevice, now: number) => void;
  /** A device spoke, went away or came back. */
  readonly heard: (sim: SimDevice, now: number) => void;
}

export function createSpeaker({ office, random, troubles, rounds, refresh, heard }: SpeakerOptions): Speaker {
  const voices = new Map<SimDevice, Voice>();
  const listeners = new Map<string, Voice>();
  let out: Outgoing[] = [];
  let turning = false;
  for (const sim of rounds) {
    const voice: Voice = {
      sim,
      topic: `${topicOf(sim.device.id)}/state`,
      names: Object.keys(sim.values),
      random: random.split(sim.device.id),
      told: {},
      saidAt: -Infinity,
    };
    voices.set(sim, voice);
    listeners.set(`${topicOf(sim.device.id)}/set`, voice);
  }
  const listener = createListener(office.record);
  const hear = (sim: SimDevice, drafts: readonly Draft[], now: number): void => {
    // A silence may begin and end between two steps: what was told before it is over all the same.
    if (listener.look(sim, now)) heard(sim, now);
    listener.take(sim, drafts, now);
    heard(sim, now);
  };
  const isOffline = (sim: SimDevice): boolean => troubles.of(sim).some((fault) => fault.offline === true);
  const availability = (sim: SimDevice, state: "online" | "offline"): Outgoing => ({
    topic: `${topicOf(sim.device.id)}/availability`,
    payload: state,
    retain: true,
  });

  function write(draft: Draft): string {
    if (draft.raw !== undefined) return draft.raw;
    const text = JSON.stringify(draft.values);
    return draft.ts === null ? text : `${text.slice(0, -1)},"ts":"${typeof draft.ts === "number" ? office.clock.iso(draft.ts) : draft.ts}"}`;
  }

  function report(voice: Voice, now: number): void {
    const { sim } = voice;
    const values: Record<string, PointValue> = {};
    for (const name of voice.names) values[name] = rounded(name, sim.values[name] ?? 0);
    voice.told = values;
    voice.saidAt = now;
    const faults = troubles.of(sim);
    const topic = voice.topic;
    if (faults.length === 0) {
      out.push({ topic, payload: write({ values, ts: now }) });
      hear(sim, [{ values, ts: now }], now);
      return;
    }
    let drafts: readonly Draft[] = [{ values, ts: now }];
    for (const fault of faults) {
      if (fault.offline === true) return;
      const alter = fault.report?.bind(fault);
      if (alter !== undefined) drafts = drafts.flatMap((draft) => [...alter(draft)]);
    }
    for (const draft of drafts) out.push({ topic, payload: write(draft) });
    hear(sim, drafts, now);
  }

  function hasMoved({ sim, told, names }: Voice): boolean {
    for (const name of names) if (moved(name, told[name], sim.values[name] ?? 0)) return true;
    return false;
  }

  /** At most one state a millisecond: two of the same device with the same time would be taken for one. */
  function reportIfMoved(voice: Voice, now: number): void {
    if (!hasMoved(voice)) return;
    if (voice.saidAt < now) report(voice, now);
    else office.agenda.at(now + 1, (later) => reportIfMoved(voice, later));
  }

  /** Speaks again one interval after it last spoke, give or take a twentieth. */
  function round(voice: Voice): void {
    const interval = voice.sim.device.interval * 1000 * voice.random.between(0.95, 1.05);
    office.agenda.at(voice.saidAt + interval, (now) => {
      if (now - voice.saidAt >= voice.sim.device.interval * 950) report(voice, now);
      round(voice);
    });
  }

  /** Acks when it has understood, does it a little later, and shows its state when it is done. */
  function reply(voice: Voice, answer: Answer, id: string | null, now: number, act: (at: number) => string | null): void {
    const { device } = voice.sim;
    const ack = (error: string | null): void => {
      if (id === null || isOffline(voice.sim)) return;
      out.push({ topic: `${topicOf(device.id)}/ack`, payload: JSON.stringify(error === null ? { id, accepted: true } : { id, accepted: false, error }) });
    };
    const show = (at: number): void => {
      refresh(voice.sim, at);
      if (voice.saidAt !== at) report(voice, at);
    };
    const { error, ackAfter, applyAfter } = answer;
    if (ackAfter !== null) office.agenda.at(now + ackAfter, () => ack(error));
    if (error !== null || applyAfter === null) {
      office.record.note(now, error === null ? "command:lost" : "command:refused", device.id, device.space, error ?? undefined);
      if (error === null && ackAfter !== null) office.agenda.at(now + ackAfter, show);
      return;
    }
    office.agenda.at(now + applyAfter, (at) => {
      if (isOffline(voice.sim)) return;
      const failed = act(at);
      office.record.note(at, failed === null ? "command:done" : "command:failed", device.id, device.space, failed ?? undefined);
      show(at);
    });
  }

  return {
    say(topic, payload, sim) {
      if (!isOffline(sim)) out.push({ topic, payload });
    },
    changed(sim, now) {
      const voice = voices.get(sim);
      if (voice !== undefined) reportIfMoved(voice, now);
    },
    look(devices, now) {
      for (const sim of devices) {
        const voice = voices.get(sim);
        if (voice === undefined) continue;
        if (listener.look(sim, now)) heard(sim, now);
        // Who has just spoken waits for the next step.
        if (voice.saidAt < now && hasMoved(voice)) report(voice, now);
      }
    },
    hear(topic, payload, now) {
      const voice = listeners.get(topic);
      if (voice === undefined || isOffline(voice.sim)) return;
      let message: unknown;
      try {
        message = JSON.parse(typeof payload === "string" ? payload : new TextDecoder().decode(payload));
      } catch {
        return;
      }
      if (typeof message !== "object" || message === null || Array.isArray(message)) return;
      const { id, ...rest } = message as Record<string, unknown>;
      const known = typeof id === "string" ? id : null;
      const { job, release } = rest;
      const isJob = voice.sim.device.kind === "copier" && typeof job === "string" && typeof release === "boolean";
      const copier = voice.sim as SimCopier;
      const wrong = !isJob ? checkChange(voice.sim.device, rest) : copier.holds(job) ? null : `no held job ${job}`;
      const ackAfter = voice.random.between(120, 500);
      let answer: Answer = { ackAfter, applyAfter: ackAfter + voice.random.between(80, 1300), error: wrong };
      for (const fault of troubles.of(voice.sim)) answer = fault.answer?.(answer, rest) ?? answer;
      reply(voice, answer, known, now, (at) => (isJob ? copier.release(job, release, at) : voice.sim.set(rest as Record<string, PointValue>, at)));
    },
    greet(now, device) {
      for (const voice of voices.values()) {
        if (device !== undefined && voice.sim.device.id !== device) continue;
        const away = isOffline(voice.sim);
        out.push(availability(voice.sim, away ? "offline" : "online"));
        if (!away) report(voice, now);
        if (!turning) round(voice);
      }
      turning = true;
    },
    left(sim, now) {
      out.push(availability(sim, "offline"));
      heard(sim, now);
    },
    returned(sim, now) {
      out.push(availability(sim, "online"));
      const voice = voices.get(sim);
      if (voice !== undefined) report(voice, now);
    },
    heard: (sim) => (isOffline(sim) ? null : listener.last(sim)),
    farewell: () => rounds.map((sim) => availability(sim, "offline")),
    take() {
      const taken = out;
      out = [];
      return taken;
    },
  };
}
