/**
 * Who commands this house, where two servers stand at one broker. The broker hands the messages of one topic to everybody in one
 * order: the first claim of an epoch in that order has it. A holder leads only while its own renewals come back to it within
 * GUARD_MS, counted from when they were sent; others claim after TAKEOVER_MS without one. GUARD_MS is the shorter, so a holder that
 * is cut off, paused or asleep has stopped before anybody else begins. (Leases after Gray and Cheriton, SOSP 1989.)
 */
import { z } from "zod";

export const LEASE_TOPIC = "jieyue/lease";
export const RENEW_MS = 2000;
export const GUARD_MS = 6000;
export const TAKEOVER_MS = 10_000;
/** A newcomer listens so long for a holder (its retained word comes at once) before it claims. */
const LISTEN_MS = 1000;

/** Nobody comes here by claiming once every two seconds. A lie may: then the count begins anew, so that no message locks the house for good. */
export const LAST_EPOCH = 1_000_000_000;
/** Who did not look for so long was paused, asleep, or its clock leaped: it has to listen anew before it takes a house that others may hold. */
const AWAY_MS = 2000;

const messageSchema = z.object({
  kind: z.enum(["claim", "renew", "release"]),
  holder: z.string().min(1).max(100),
  epoch: z.number().int().min(1).max(LAST_EPOCH),
  /** The sender's own count, so that it knows when it sent what comes back. */
  seq: z.number().int().min(0),
});
export type LeaseMessage = z.infer<typeof messageSchema>;

/** Who has just won a claim waits so long for an objection before it commands. */
const SETTLE_MS = 1000;

/** What a payload says; null for what is no lease message. */
export function readLease(payload: Uint8Array): LeaseMessage | null {
  try {
    return messageSchema.safeParse(JSON.parse(Buffer.from(payload).toString("utf8"))).data ?? null;
  } catch {
    return null;
  }
}

export interface Lease {
  /** Whether this server may command at `now` (ms of a clock that never stands still). */
  leads(now: number): boolean;
  /** Who holds the house as far as is known. */
  readonly holder: string | null;
  heard(message: LeaseMessage, now: number, retained: boolean): readonly LeaseMessage[];
  /** To be called a few times a second: what is to be said now. */
  tick(now: number, connected: boolean): readonly LeaseMessage[];
  /** What to say when this server stops. */
  release(): readonly LeaseMessage[];
}

/** `patience` (0–1) spreads the claims of servers that wait for the same holder. Pure but for its own state. */
export function createLease(self: string, patience: number): Lease {
  let epoch = 0;
  let holder: string | null = null;
  /** When the holder was last heard; for ourselves when we sent what came back. */
  let heardAt = -Infinity;
  let wonAt = -Infinity;
  /** When a holder that is somebody else was last heard: it may believe in what it said then for GUARD_MS, whoever has claimed meanwhile. */
  let otherAt = -Infinity;
  let listeningSince: number | null = null;
  let saidAt = -Infinity;
  let tickedAt = -Infinity;
  let released = false;
  /** Whether all that lay retained when we came was a goodbye. */
  let goodbyeLay = false;
  let seq = 0;
  /** When our messages were sent; those that came back are forgotten. */
  const sent = new Map<number, number>();

  function say(kind: LeaseMessage["kind"], of: number, now: number): LeaseMessage {
    saidAt = now;
    sent.set(++seq, now);
    if (sent.size > 100) sent.delete(sent.keys().next().value!);
    return { kind, holder: self, epoch: of, seq };
  }

  return {
    get holder() {
      return holder;
    },
    leads: (now) => !released && holder === self && now - heardAt < GUARD_MS && now - wonAt >= SETTLE_MS && now - otherAt >= GUARD_MS,
    heard(message, now, retained) {
      if (released) return [];
      const own = message.holder === self;
      const at = own ? sent.get(message.seq) : now;
      // What lay retained from an earlier life of ours says nothing; and nobody else has our name.
      if (own && (at === undefined || retained)) return [];
      // Whoever came meanwhile may not know of a claim that comes back so late, and has waited long enough to claim: it counts as not made.
      if (own && message.kind === "claim" && now - at! >= GUARD_MS) return [];
      if (message.kind === "claim" && !own && message.epoch <= epoch && holder === self && now - heardAt < GUARD_MS) {
        // A latecomer that does not know of us: the holder objects, with an epoch that is above the claimed one.
        if (message.epoch === epoch && epoch < LAST_EPOCH) epoch++;
        return [say("renew", epoch, now)];
      }
      const anew = epoch === LAST_EPOCH && message.epoch === 1 && message.kind === "claim";
      if (message.epoch < epoch && !anew) return [];
      if (message.kind === "release") {
        if (message.holder === holder) {
          heardAt = -Infinity;
          otherAt = -Infinity;
        }
        // A goodbye that lies retained may have come after somebody else's claim, and hide it: whoever that is has at most its guard left.
        if (retained && holder === null) {
          epoch = message.epoch;
          goodbyeLay = true;
        }
        return [];
      }
      if (!own && message.kind === "renew") otherAt = now;
      if (message.epoch === epoch && message.holder !== holder) return [];
      if (own && message.kind === "claim") wonAt = now;
      if (!own) otherAt = now;
      epoch = message.epoch;
      holder = message.holder;
      heardAt = Math.max(heardAt === -Infinity || message.kind === "claim" ? -Infinity : heardAt, at!);
      if (own) sent.delete(message.seq);
      return [];
    },
    tick(now, connected) {
      const away = now - tickedAt > AWAY_MS;
      tickedAt = now;
      if (!connected || released) {
        listeningSince = null;
        return [];
      }
      if (away || listeningSince === null) listeningSince = now;
      if (holder === self) return now - saidAt >= RENEW_MS ? [say("renew", epoch, now)] : [];
      const silentFor = now - Math.max(heardAt, holder === null || heardAt === -Infinity ? -Infinity : listeningSince);
      const patient = holder === null && goodbyeLay ? GUARD_MS : LISTEN_MS;
      const due = holder === null || heardAt === -Infinity ? now - listeningSince >= patient : silentFor >= TAKEOVER_MS * (1 + patience / 4);
      return due && now - saidAt >= RENEW_MS ? [say("claim", epoch === LAST_EPOCH ? 1 : epoch + 1, now)] : [];
    },
    release() {
      released = true;
      return holder === self ? [{ kind: "release", holder: self, epoch, seq: ++seq }] : [];
    },
  };
}

/**
 * The lease of who runs the broker in its own process: the house is its own as long as the broker lives. It says so like any holder,
 * so that a server that came to this broker by its address only watches.
 */
export function createLandlord(self: string): Lease {
  let epoch = 1;
  let saidAt = -Infinity;
  let seq = 0;
  const say = (now: number): LeaseMessage => {
    saidAt = now;
    return { kind: "renew", holder: self, epoch, seq: ++seq };
  };
  return {
    holder: self,
    leads: () => true,
    heard(message, now) {
      if (message.holder === self || (message.epoch < epoch && epoch < LAST_EPOCH)) return [];
      epoch = Math.min(message.epoch + 1, LAST_EPOCH);
      return [say(now)];
    },
    tick: (now) => (now - saidAt >= RENEW_MS ? [say(now)] : []),
    release: () => [],
  };
}

/** A clock in ms that goes on through a pause of the process and a sleep of the machine: the faster of the two clocks counts. */
export function createSteadyClock(monotonic: () => number, wall: () => number): () => number {
  let time = 0;
  let m = monotonic();
  let w = wall();
  return () => {
    const [m2, w2] = [monotonic(), wall()];
    time += Math.max(m2 - m, w2 - w, 0);
    m = m2;
    w = w2;
    return time;
  };
}
