import { createServer } from "node:http";
import { io } from "socket.io-client";
import type { Socket } from "socket.io-client";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Changes, PageMessage, Snapshot } from "../../server/contract/live.ts";
import { changes as changesSchema, pageMessage, snapshot as snapshotSchema } from "../../server/contract/live.ts";
import { createLive } from "../../server/live/live.ts";
import { listen } from "../support/api.ts";
import { FakeOffice, fakeGatekeeper, shanghai } from "../support/office.ts";

/** A live channel whose ticks are wound by hand. */
async function startLive(mode: "open" | "password" = "open", prepare: (office: FakeOffice) => void = () => {}) {
  const office = new FakeOffice();
  prepare(office);
  const gatekeeper = fakeGatekeeper(office, mode);
  const server = createServer();
  let wind = () => {};
  const warnings: object[] = [];
  const log = { warn: (fields: object) => void warnings.push(fields), error: (fields: object) => void warnings.push(fields) };
  const live = createLive({
    server,
    office,
    gatekeeper,
    log,
    iso: shanghai,
    every: (ms, tick) => {
      expect(ms).toBe(100);
      wind = tick;
      return () => void (wind = () => {});
    },
  });
  await live.open();
  const origin = await listen(server);
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of sockets) socket.disconnect();
    await live.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function connect({ as, cursor, origin: from }: { as?: string; cursor?: string; origin?: string } = {}) {
    const headers = { ...(as === undefined ? {} : { "x-person": as }), ...(from === undefined ? {} : { origin: from }) };
    const socket = io(origin, {
      path: "/live",
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
      extraHeaders: headers,
      auth: cursor === undefined ? {} : { cursor },
    });
    sockets.push(socket);
    const heard: (readonly ["snapshot", Snapshot] | readonly ["changes", Changes])[] = [];
    let wake = () => {};
    socket.on("snapshot", (data: Snapshot) => {
      expect(snapshotSchema.parse(data)).toEqual(data);
      heard.push(["snapshot", data]);
      wake();
    });
    socket.on("changes", (data: Changes) => {
      expect(changesSchema.parse(data)).toEqual(data);
      heard.push(["changes", data]);
      wake();
    });
    /** Resolves with the next thing heard, of this kind. */
    const next = async <K extends "snapshot" | "changes">(kind: K): Promise<K extends "snapshot" ? Snapshot : Changes> => {
      while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const [what, data] = heard.shift()!;
      expect(what).toBe(kind);
      return data as never;
    };
    const connected = () =>
      new Promise<void>((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("connect_error", reject);
      });
    const closed = () => new Promise<string>((resolve) => void socket.once("disconnect", resolve));
    return { socket, heard, next, connected, closed };
  }

  /** Connects and hears the snapshot, and the (empty) set that ends its catching up. */
  async function follow(options: Parameters<typeof connect>[0] = {}) {
    const before = live.stats().clients;
    const reader = connect(options);
    await reader.connected();
    while (live.stats().clients === before) await new Promise((resolve) => setImmediate(resolve));
    wind();
    const snapshot = await reader.next("snapshot");
    wind();
    const caughtUp = await reader.next("changes");
    return { ...reader, snapshot, caughtUp };
  }
  return {
    office,
    live,
    origin,
    connect,
    follow,
    gatekeeper,
    warnings,
    tick: (times = 1) => {
      for (let i = 0; i < times; i++) wind();
    },
  };
}

describe("the live channel", () => {
  it("begins anew with a reader who would get a set with gaps", async () => {
    const { office, follow, tick } = await startLive();
    const reader = await follow();
    const decisions = Array.from({ length: 501 }, (_, i) => ({ kind: "override", override: { id: `o${i}` }, why: "test" }) as never);
    office.tell({ devices: new Map(), decisions, rejections: [] });
    tick();
    await reader.next("snapshot");
    tick();
    await reader.next("changes");
    office.breach();
    tick();
    expect((await reader.next("changes")).alerts).toHaveLength(1);
  });

  it("tells the whole house first, then what changed", async () => {
    const { office, follow, tick } = await startLive("open", (o) => o.breach());
    const reader = await follow();
    expect(reader.snapshot).toMatchObject({
      clock: { speed: 60, simulated: true },
      site: { id: "small" },
      overview: { openFindings: 1 },
      findings: [{ subject: { device: "hall/ac-301" }, command: { state: "planned" }, alert: { state: "unacknowledged" } }],
      commands: [{ state: "planned" }],
      alerts: [{ state: "unacknowledged" }],
    });
    expect(reader.snapshot.devices).toHaveLength(15);
    expect(reader.snapshot.policies.find((p) => p.id === "cooling-floor")).toMatchObject({ open: 1 });
    office.say("lux-301", { illuminance: 420 });
    tick();
    const first = await reader.next("changes");
    expect(first.devices).toMatchObject([{ id: "hall/lux-301", status: "online", points: [{ name: "illuminance", unit: "lx", value: 420 }] }]);
    office.confirmSent();
    office.say("ac-301", { on: false, power: 0 });
    tick();
    const second = await reader.next("changes");
    expect(second).toMatchObject({
      findings: [{ state: "closed", command: { state: "proven" }, alert: { state: "normal" } }],
      commands: [{ state: "proven" }],
      policies: [{ id: "cooling-floor", open: 0 }],
    });
    expect(second.devices).toMatchObject([
      {
        id: "hall/ac-301",
        points: [
          { name: "on", value: false },
          { name: "power", value: 0 },
        ],
      },
    ]);
    expect(second.devices[0]!.points).toHaveLength(2);
  });

  it("makes one set of all that happens within a tick, and none of nothing", async () => {
    const { office, follow, tick, live } = await startLive();
    const reader = await follow();
    for (let i = 1; i <= 50; i++) office.say("lux-301", { illuminance: i });
    office.say("plug-301", { power: 3, on: true });
    const before = live.stats().changes;
    tick();
    tick();
    tick();
    expect(live.stats().changes).toBe(before + 1);
    const set = await reader.next("changes");
    expect(set.devices.map((d) => [d.id, d.points.map((p) => p.value)])).toEqual([
      ["hall/lux-301", [50]],
      ["hall/plug-301", [3, true]],
    ]);
    expect(set.overview).toBeUndefined();
  });

  it("moves the time and the overview once a second even when nothing happens", async () => {
    const { follow, tick, office, live } = await startLive();
    const reader = await follow();
    office.now += 60_000;
    const before = live.stats().changes;
    tick(10);
    expect(live.stats().changes).toBe(before + 1);
    const beat = await reader.next("changes");
    expect(beat).toMatchObject({ clock: { now: shanghai(office.now) }, overview: { devices: { total: 15 } }, devices: [], cursor: reader.caughtUp.cursor });
  });

  it("survives a fault of the house: it is logged, and the next beat goes on", async () => {
    const { follow, tick, office, warnings } = await startLive();
    const reader = await follow();
    const { overview } = office;
    office.overview = () => {
      throw new Error("no figures");
    };
    tick(10);
    expect(warnings).toMatchObject([{ err: { message: "no figures" } }]);
    office.overview = overview;
    tick(10);
    expect((await reader.next("changes")).overview).toMatchObject({ devices: { total: 15 } });
  });

  it("gives who comes back with a cursor what was missed, merged, and no snapshot", async () => {
    const { office, follow, connect, tick, live } = await startLive();
    const { caughtUp, socket } = await follow();
    socket.disconnect();
    while (live.stats().clients > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const value of [10, 20]) {
      office.say("lux-301", { illuminance: value });
      tick();
    }
    office.breach();
    tick();
    const back = connect({ cursor: caughtUp.cursor });
    await back.connected();
    while (live.stats().clients === 0) await new Promise((resolve) => setImmediate(resolve));
    tick();
    const missed = await back.next("changes");
    expect(missed.devices.map((d) => d.id)).toEqual(["hall/lux-301", "hall/ac-301"]);
    expect(missed.devices[0]!.points).toMatchObject([{ value: 20 }]);
    expect(missed).toMatchObject({ findings: [{ state: "open" }], alerts: [{ state: "unacknowledged" }], commands: [{ state: "planned" }] });
    office.say("plug-301", { power: 9 });
    tick();
    expect((await back.next("changes")).devices).toMatchObject([{ id: "hall/plug-301" }]);
    expect(back.heard).toEqual([]);
  });

  it("gives a new snapshot for a cursor of another life of the server, of the future, or of nobody", async () => {
    const { follow } = await startLive();
    const { caughtUp } = await follow();
    const epoch = caughtUp.cursor.split("-")[0];
    for (const cursor of ["00000000-1", `${epoch}-999`, "nonsense", ""]) expect((await follow({ cursor })).snapshot.site.id).toBe("small");
  });

  it("tells what was recorded before its time: findings closed lately, newest commands and alerts", async () => {
    const { follow, office } = await startLive("open", (o) => {
      o.breach();
      o.confirmSent();
      o.say("ac-301", { on: false, power: 0 });
    });
    expect(office.house.findings.size + office.house.commands.size + office.house.alerts.size).toBe(0);
    expect((await follow()).snapshot).toMatchObject({
      findings: [{ state: "closed", command: { state: "proven" } }],
      commands: [{ state: "proven" }],
      alerts: [{ state: "normal" }],
    });
  });

  it("shows personal data only to those who may see them, in snapshots and in changes", async () => {
    const { office, follow, tick } = await startLive();
    const [clerk, treasurer, chief, staff] = [
      await follow({ as: "clerk" }),
      await follow({ as: "treasurer" }),
      await follow({ as: "chief" }),
      await follow({ as: "staff" }),
    ];
    office.print();
    tick();
    for (const reader of [clerk, treasurer]) {
      const set = await reader.next("changes");
      expect(set).toMatchObject({ approvals: [{ document: null, requestedBy: null, sheets: 12 }], findings: [{ evidence: { user: null, document: null } }] });
      expect(JSON.stringify(set)).not.toContain("secret");
    }
    for (const reader of [chief, staff])
      expect(await reader.next("changes")).toMatchObject({
        approvals: [{ document: "secret plan.docx", requestedBy: "clerk" }],
        findings: [{ evidence: { user: "clerk" } }],
      });
    expect(JSON.stringify((await follow({ as: "clerk" })).snapshot)).not.toContain("secret");
    expect(JSON.stringify((await follow({ as: "director" })).snapshot)).toContain("secret plan.docx");
  });

  it("refuses who is not signed in, and other sites' pages", async () => {
    const { connect, live, origin } = await startLive("password");
    await expect(connect().connected()).rejects.toMatchObject({ message: "not-signed-in", data: { code: "not-signed-in" } });
    await expect(connect({ as: "clerk", origin: "http://evil.example" }).connected()).rejects.toThrow();
    await connect({ as: "clerk", origin }).connected();
    expect(live.stats().snapshots).toBe(0);
  });

  it("lets go, within a minute, of who signed out", async () => {
    const { follow, tick, gatekeeper, warnings } = await startLive("password");
    const gone = await follow({ as: "clerk" });
    const stays = await follow({ as: "chief" });
    gatekeeper.signedOut.add("clerk");
    const closed = gone.closed();
    tick(600);
    await closed;
    expect(warnings).toEqual([{ person: "clerk", why: "its session changed" }]);
    expect(stays.socket.connected).toBe(true);
  });

  it("closes a reader that cannot keep up, counts it, and goes on with the others", async () => {
    const { office, follow, tick, live, origin } = await startLive();
    const well = await follow();
    // A reader by hand over long polling that opens the door, takes its snapshot, and then never asks again.
    const url = `${origin}/live/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(url)).text()).slice(1)) as { sid: string };
    await fetch(`${url}&sid=${sid}`, { method: "POST", body: "40" });
    const poll = async () => (await fetch(`${url}&sid=${sid}`)).text();
    expect(await poll()).toMatch(/^40/);
    expect(live.stats().clients).toBe(2);
    tick();
    expect(await poll()).toContain("snapshot");
    const waiting = poll();
    while (!well.socket.connected || live.stats().changes < 2) {
      tick();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await waiting).toContain("changes");
    // The other one keeps up: it hears every set before the next is made.
    for (let i = 0; i < 110; i++) {
      office.say("lux-301", { illuminance: 1000 + i });
      tick();
      for (let heard = 0; heard !== 1000 + i;) heard = Number((await well.next("changes")).devices.find((d) => d.id === "hall/lux-301")?.points[0]?.value ?? 0);
    }
    expect(live.stats()).toMatchObject({ clients: 1, closedSlow: 1 });
    expect((await fetch(`${url}&sid=${sid}`)).status).toBe(400);
  });

  it("closes one whose snapshot does not get through, and closes with everybody", async () => {
    const { tick, live, origin, follow } = await startLive();
    const url = `${origin}/live/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(url)).text()).slice(1)) as { sid: string };
    await fetch(`${url}&sid=${sid}`, { method: "POST", body: "40" });
    tick(602);
    expect(live.stats()).toMatchObject({ clients: 0, closedSlow: 1, snapshots: 1 });
    const reader = await follow();
    const closed = reader.closed();
    await live.close();
    await closed;
    expect(live.stats().clients).toBe(0);
  });
});

describe("a message", () => {
  const message: PageMessage = {
    id: "n1",
    how: "raised",
    severity: "high",
    subject: "s",
    spoken: "说",
    language: "zh-CN",
    alerts: ["a1"],
    count: 1,
    link: "/alerts?notice=n1",
  };

  it("goes to every page that its person has open, to nobody else, and says to how many", async () => {
    const { live, follow } = await startLive("password");
    const heard: string[] = [];
    const open = async (as: string, name: string) => {
      const { socket } = await follow({ as });
      const arrived = new Promise<void>((resolve) =>
        socket.on("message", (data: PageMessage) => {
          expect(pageMessage.parse(data)).toEqual(data);
          heard.push(`${name} ${data.id}`);
          resolve();
        }),
      );
      return { arrived };
    };
    expect(live.tell("chief", message)).toBe(0);
    const [desk, phone, deputy] = [await open("chief", "desk"), await open("chief", "phone"), await open("deputy", "deputy")];
    expect(live.tell("chief", message)).toBe(2);
    await Promise.all([desk.arrived, phone.arrived]);
    // What comes later to the deputy would come after what should not have come.
    expect(live.tell("deputy", { ...message, id: "n2" })).toBe(1);
    await deputy.arrived;
    expect(heard).toHaveLength(3);
    expect(heard.toSorted()).toEqual(["deputy n2", "desk n1", "phone n1"]);
    expect(live.tell("director", message)).toBe(0);
  });
});
