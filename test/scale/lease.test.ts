import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Lease, LeaseMessage } from "../../server/scale/lease.ts";
import { createLandlord, createLease, createSteadyClock, GUARD_MS, LAST_EPOCH, readLease, TAKEOVER_MS } from "../../server/scale/lease.ts";
import { runs } from "../support/properties.ts";

/** A broker with one order of messages, and servers that hear them late, pause, and lose their connection. */
class Bus {
  now = 0;
  private readonly log: LeaseMessage[] = [];
  retained: LeaseMessage | null = null;
  readonly servers: {
    lease: Lease;
    at: number;
    delay: number;
    paused: boolean;
    connected: boolean;
    inbox: { message: LeaseMessage; due: number; retained: boolean }[];
  }[] = [];

  join(name: string, patience = 0): void {
    const inbox = this.retained === null ? [] : [{ message: this.retained, due: this.now, retained: true }];
    this.servers.push({ lease: createLease(name, patience), at: 0, delay: 0, paused: false, connected: true, inbox });
  }

  private publish(messages: readonly LeaseMessage[]): void {
    for (const message of messages) {
      this.log.push(message);
      this.retained = message;
      for (const s of this.servers) if (s.connected) s.inbox.push({ message, due: this.now + s.delay, retained: false });
    }
  }

  /** Who comes back subscribes anew, and gets what lies retained. */
  reconnect(i: number): void {
    const s = this.servers[i]!;
    if (s.connected) return;
    s.connected = true;
    if (this.retained !== null) s.inbox.push({ message: this.retained, due: Math.max(this.now, s.inbox.at(-1)?.due ?? 0), retained: true });
  }

  /** `late`: a process that wakes up may look at its timers before it looks at its post. */
  step(ms: number, late = false): void {
    this.now += ms;
    for (const s of this.servers) {
      if (s.paused) continue;
      if (late) this.publish(s.connected ? s.lease.tick(this.now, true) : []);
      while (s.inbox.length > 0 && s.inbox[0]!.due <= this.now) {
        const { message, retained } = s.inbox.shift()!;
        this.publish(s.lease.heard(message, this.now, retained));
      }
      this.publish(s.connected ? s.lease.tick(this.now, true) : (s.lease.tick(this.now, false), []));
    }
  }

  run(ms: number): void {
    for (let t = 0; t < ms; t += 100) this.step(100);
  }

  /** A stranger publishes what it likes. */
  lie(message: LeaseMessage): void {
    this.publish([message]);
  }

  stop(i: number): void {
    this.publish(this.servers[i]!.lease.release());
    this.servers.splice(i, 1);
  }

  /** Who would send a command now, paused or not. */
  leaders(): number {
    return this.servers.filter((s) => s.lease.leads(this.now)).length;
  }
}

describe("the lease", () => {
  it("is taken within three seconds by a server that is alone, and kept", () => {
    const bus = new Bus();
    bus.join("a");
    bus.run(2500);
    expect(bus.leaders()).toBe(1);
    bus.run(60_000);
    expect(bus.leaders()).toBe(1);
  });

  it("stays with the holder when a second server comes, whatever it had retained", () => {
    const bus = new Bus();
    bus.join("a");
    bus.run(5000);
    bus.join("b");
    bus.run(60_000);
    expect(bus.servers.map((s) => s.lease.leads(bus.now))).toEqual([true, false]);
    expect(bus.servers[1]!.lease.holder).toBe("a");
  });

  it("goes over at once when the holder says goodbye, and after ten seconds when it dies", () => {
    const bus = new Bus();
    bus.join("a");
    bus.run(3000);
    bus.join("b");
    bus.run(3000);
    bus.stop(0);
    bus.run(2500);
    expect(bus.leaders()).toBe(1);
    bus.join("c");
    bus.run(3000);
    bus.servers[0]!.paused = true;
    bus.run(GUARD_MS + 2000);
    expect(bus.leaders()).toBe(0);
    bus.run(TAKEOVER_MS);
    expect(bus.servers.map((s) => s.lease.leads(bus.now))).toEqual([false, true]);
    // The one that slept wakes up and sees that it is over.
    bus.servers[0]!.paused = false;
    bus.run(30_000);
    expect(bus.servers.map((s) => s.lease.leads(bus.now))).toEqual([false, true]);
  });

  it("comes back after both lost the broker, to one of them", () => {
    const bus = new Bus();
    bus.join("a");
    bus.join("b", 1);
    bus.run(5000);
    for (const s of bus.servers) s.connected = false;
    bus.run(20_000);
    expect(bus.leaders()).toBe(0);
    bus.reconnect(0);
    bus.reconnect(1);
    bus.run(15_000);
    expect(bus.leaders()).toBe(1);
  });

  it("is the landlord's as long as its broker lives: a guest only watches, whatever it claims", () => {
    const landlord = createLandlord("house");
    const guest = createLease("guest", 0);
    let led = false;
    // The landlord is heard late, so that the guest claims first.
    for (let now = 0; now < 30_000; now += 100) {
      for (const m of guest.tick(now, true)) {
        const answers = landlord.heard(m, now, false);
        guest.heard(m, now + 1, false);
        for (const a of answers) guest.heard(a, now + 50, false);
      }
      if (now > 5000) for (const m of landlord.tick(now, true)) guest.heard(m, now, false);
      led ||= guest.leads(now);
    }
    expect(led).toBe(false);
    expect(guest.holder).toBe("house");
    expect(landlord.leads(99_999)).toBe(true);
  });

  it("is given up in the moment of the goodbye, not when the broker has confirmed it", () => {
    const bus = new Bus();
    bus.join("a");
    bus.run(3000);
    const { lease } = bus.servers[0]!;
    expect(lease.leads(bus.now)).toBe(true);
    lease.release();
    expect(lease.leads(bus.now)).toBe(false);
    bus.run(5000);
    expect(lease.leads(bus.now)).toBe(false);
  });

  it("is not taken by who wakes from a pause, or whose clock leaps, while the holder is well", () => {
    const bus = new Bus();
    bus.join("a");
    bus.join("b");
    bus.run(5000);
    const [a, b] = bus.servers;
    expect(a!.lease.leads(bus.now)).toBe(true);
    b!.paused = true;
    bus.run(60_000);
    // It looks at its timers before it looks at its post.
    expect(b!.lease.tick(bus.now, true)).toEqual([]);
    b!.paused = false;
    bus.run(5000);
    expect(b!.lease.tick(bus.now + 3_600_000, true)).toEqual([]);
    expect(a!.lease.leads(bus.now)).toBe(true);
  });

  it.each(["claim", "renew"] as const)("is not lost for good by a stranger's lie (%s), however high it goes, retained or not", (kind) => {
    for (const epoch of [LAST_EPOCH - 1, LAST_EPOCH]) {
      const bus = new Bus();
      bus.join("a");
      bus.join("b", 1);
      bus.run(5000);
      bus.lie({ kind, holder: "nobody", epoch, seq: 1 });
      for (let t = 0; t < 30_000; t += 100) {
        bus.step(100);
        expect(bus.leaders()).toBeLessThanOrEqual(1);
      }
      expect(bus.leaders()).toBe(1);
      const alone = new Bus();
      alone.retained = { kind, holder: "nobody", epoch, seq: 1 };
      alone.join("c");
      alone.run(30_000);
      expect(alone.leaders()).toBe(1);
    }
    expect(readLease(Buffer.from(`{"kind":"renew","holder":"x","epoch":${LAST_EPOCH + 1},"seq":1}`))).toBeNull();
  });

  it("stays the landlord's whatever a stranger says at its broker", () => {
    for (const epoch of [7, LAST_EPOCH - 1, LAST_EPOCH]) {
      const landlord = createLandlord("house");
      const guest = createLease("guest", 0);
      let ledAt = 0;
      for (let now = 0; now < 60_000; now += 100) {
        const said = [
          ...(now === 8000 ? [{ kind: "claim" as const, holder: "nobody", epoch, seq: 1 }] : []),
          ...guest.tick(now, true),
          ...landlord.tick(now, true),
        ];
        for (const m of said) {
          const answers = landlord.heard(m, now, false);
          guest.heard(m, now, false);
          for (const answer of answers) guest.heard(answer, now, false);
        }
        if (guest.leads(now)) ledAt = now;
      }
      expect(ledAt).toBe(0);
    }
  });

  it("is not taken on the word of a goodbye that came after somebody else's claim and hides it", () => {
    const bus = new Bus();
    const run = (ms: number) => {
      for (let t = 0; t < ms; t += 100) {
        bus.step(100, true);
        expect(bus.leaders()).toBeLessThanOrEqual(1);
      }
    };
    bus.join("a");
    bus.join("b", 0.5);
    run(1001);
    bus.servers[0]!.paused = true;
    run(11_201);
    // b has just claimed; then the old holder, which slept, says goodbye to what it no longer has.
    bus.stop(0);
    bus.servers[0]!.paused = true;
    bus.join("c", 0.3);
    run(20_000);
    expect(bus.leaders()).toBe(1);
  });

  it("is not used by who claimed it while word of its holder was still under way, until the holder has let go for certain", () => {
    const bus = new Bus();
    bus.join("s0");
    bus.join("s1", 0.5);
    const run = (ms: number) => {
      for (let t = 0; t < ms; t += 100) {
        bus.step(100, true);
        expect(bus.leaders()).toBeLessThanOrEqual(1);
      }
    };
    run(15_900);
    bus.servers[1]!.delay = 1501;
    bus.servers[0]!.paused = true;
    run(8900);
    // It says that it is here, and falls asleep again before it could hear anybody.
    bus.servers[0]!.paused = false;
    run(100);
    bus.servers[0]!.paused = true;
    run(4300);
    expect(bus.servers[0]!.lease.leads(bus.now)).toBe(true);
    run(20_000);
    expect(bus.servers[1]!.lease.leads(bus.now)).toBe(true);
  });

  it("is not won by a claim that came back after others had waited for it in vain", () => {
    const bus = new Bus();
    bus.join("s0");
    bus.join("s1", 0.5);
    const run = (ms: number) => {
      for (let t = 0; t < ms; t += 100) {
        bus.step(100);
        expect(bus.leaders()).toBeLessThanOrEqual(1);
      }
    };
    run(1100);
    bus.servers[1]!.delay = 9301;
    run(11_300);
    // The goodbye lies retained, and hides the claim before it.
    bus.stop(0);
    bus.join("s2", 0.3);
    run(3700);
    bus.servers[0]!.delay = 5801;
    run(40_000);
    expect(bus.leaders()).toBe(1);
  });

  it("is never held by two at once, whatever is late, paused, cut off or restarted", () => {
    const act = fc.oneof(
      fc.record({ what: fc.constant("run" as const), ms: fc.integer({ min: 100, max: 20_000 }) }),
      fc.record({
        what: fc.constantFrom("pause" as const, "wake" as const, "cut" as const, "join" as const, "reconnect" as const, "stop" as const),
        i: fc.nat(3),
      }),
      fc.record({ what: fc.constant("delay" as const), i: fc.nat(3), ms: fc.integer({ min: 0, max: 15_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(act, { minLength: 5, maxLength: 40 }), fc.boolean(), (acts, late) => {
        const bus = new Bus();
        bus.join("s0");
        bus.join("s1", 0.5);
        let names = 2;
        for (const a of acts) {
          if (a.what === "run") {
            for (let t = 0; t < a.ms; t += 100) {
              bus.step(100, late);
              expect(bus.leaders()).toBeLessThanOrEqual(1);
            }
            continue;
          }
          const s = bus.servers[a.i % Math.max(1, bus.servers.length)];
          if (a.what === "join" && bus.servers.length < 4) bus.join(`s${names++}`, Math.min(1, names / 10));
          if (s === undefined) continue;
          if (a.what === "pause") s.paused = true;
          if (a.what === "wake") s.paused = false;
          if (a.what === "cut") s.connected = false;
          if (a.what === "reconnect") bus.reconnect(a.i % bus.servers.length);
          // Order is kept: nothing overtakes what is already on its way.
          if (a.what === "delay") s.delay = Math.max(a.ms, ...s.inbox.map((m) => m.due - bus.now), 0);
          if (a.what === "stop" && bus.servers.length > 1) bus.stop(a.i % bus.servers.length);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it("reads nothing that is no lease message", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readLease(bytes)));
    expect(readLease(Buffer.from('{"kind":"claim","holder":"a","epoch":0,"seq":1}'))).toBeNull();
    expect(readLease(Buffer.from('{"kind":"claim","holder":"a","epoch":3,"seq":1}'))).toEqual({ kind: "claim", holder: "a", epoch: 3, seq: 1 });
  });
});

describe("the steady clock", () => {
  it("goes on through a sleep that one of the clocks did not see, and never back", () => {
    let [m, w] = [0, 1_000_000];
    const now = createSteadyClock(
      () => m,
      () => w,
    );
    m += 10;
    w += 10;
    expect(now()).toBe(10);
    m += 1;
    w += 3_600_000;
    expect(now()).toBe(3_600_010);
    m += 5;
    w -= 1_000_000;
    expect(now()).toBe(3_600_015);
  });
});
