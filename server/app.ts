/** Names every adapter, opens them in order, closes them in reverse. Constructors do nothing; `open` does. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createApi } from "./api/app.ts";
import { createActLinks } from "./auth/act-links.ts";
import { createAuth } from "./auth/auth.ts";
import { linkSecret, printerSecret } from "./auth/secret.ts";
import { verifyPassword } from "./auth/hash-password.ts";
import type { FollowedClock } from "./clock.ts";
import { wallClock } from "./clock.ts";
import type { Settings } from "./contract/settings.ts";
import type { Calendar, Holidays } from "./core/calendar.ts";
import type { FormLayout } from "./core/account/form.ts";
import { waitsForWord } from "./core/approvals.ts";
import { compileCustom } from "./core/custom/compile.ts";
import { interrupted } from "./core/alerts/tell.ts";
import { createExports } from "./keeping/exports.ts";
import { makeBackup } from "./keeping/backup.ts";
import { openControl } from "./keeping/control.ts";
import { createDisk } from "./history/disk.ts";
import { createHouse } from "./core/house.ts";
import { POLICIES } from "./core/policies/all.ts";
import type { Fate, Millis } from "./core/reading.ts";
import { rejudgeAll, restorePoint, restoreRecords, restoreReport } from "./core/restore.ts";
import type { Site } from "./core/space.ts";
import { createZone } from "./core/zone.ts";
import type { Flow } from "./flow.ts";
import { createBacktests } from "./backtest/runner.ts";
import { createCalendars } from "./calendars/calendars.ts";
import { createMappingCodec } from "./codecs/mapping.ts";
import { createCitizen } from "./citizen.ts";
import { statusTopic } from "./contract/offers.ts";
import { createCodecs } from "./codecs/all.ts";
import { createSources } from "./sources.ts";
import { createFlow } from "./flow.ts";
import { createDuckDbHistory } from "./history/duckdb.ts";
import { createInflux } from "./influx/influx.ts";
import { createChannels } from "./channels/all.ts";
import { createPageChannel } from "./channels/page.ts";
import { createVapid } from "./channels/vapid.ts";
import type { PushDesk } from "./ports/push.ts";
import type { Live } from "./live/live.ts";
import { createLive } from "./live/live.ts";
import { createSheets } from "./sheets/sheets.ts";
import { createDocuments } from "./reports/documents.ts";
import { createPrinters } from "./printers/printers.ts";
import { isAwake } from "./printers/schedule.ts";
import { createWho } from "./printers/who.ts";
import { createMessenger } from "./messenger.ts";
import type { Log } from "./log.ts";
import { createEmbeddedBroker } from "./mqtt/embedded.ts";
import { createExternalTransport } from "./mqtt/external.ts";
import { recallTrends } from "./recall.ts";
import { createSparkplugHost } from "./sparkplug-host.ts";
import { createLandlord, createLease, createSteadyClock } from "./scale/lease.ts";
import { auditStart } from "./startup-audit.ts";
import { createSqliteRecords } from "./records/sqlite.ts";

/** Readings of so long before a restart are read again, so that every hold that had begun goes on (the longest default hold is 30 min). */
const REPLAYED_MS = 2 * 3_600_000;
const DAY = 24 * 3_600_000;
/** Of so many jobs of a printer it is known at the start what became of them: more than any queue remembers. */
const RECORDED_JOBS = 1000;
const MB = 1_048_576;
/** How often (ms, real) the disk's room is looked at. */
const DISK_EVERY_MS = 10_000;

export interface AppParts {
  readonly settings: Settings;
  readonly site: Site;
  readonly calendar: Calendar;
  readonly holidays: Holidays;
  /** Layouts of prescribed forms. */
  readonly forms: readonly FormLayout[];
  /** A clock that the topic `jieyue/clock` winds; null = this machine's time. */
  readonly followed: FollowedClock | null;
  readonly webRoot: string;
  readonly version: string;
  readonly log: Log;
}

export interface App {
  readonly flow: Flow;
  readonly http: number;
  /** Port of the embedded broker; null with an external one. */
  readonly mqtt: number | null;
  /** One-time link for the first administrator's password; null where none is needed. */
  readonly setupLink: string | null;
  close(): Promise<void>;
}

function listenProblem(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === "EADDRINUSE")
    return `port ${port} on ${host} is taken by another program: stop it, or set http.port (JIEYUE_HTTP_PORT) to a free one or to 0`;
  if (error.code === "EADDRNOTAVAIL") return `${host} is no address of this machine: set http.host (JIEYUE_HTTP_HOST)`;
  if (error.code === "EACCES") return `port ${port} may not be listened on by this user: set http.port (JIEYUE_HTTP_PORT) above 1023`;
  return error.message;
}

/** When the stored history was last written, in ms; null for a new one. Given before the app opens to whoever winds a followed clock. */
export type BeforeStart = (lastHeard: Millis | null) => void;

/** What browsers must know to subscribe; null where the settings name no push channel. */
async function pushOf({ channels, data }: Settings): Promise<PushDesk["channel"]> {
  for (const [id, channel] of Object.entries(channels)) {
    if (channel.kind === "push") return { id, publicKey: (await createVapid(data.dir)()).publicKey, services: channel.services };
  }
  return null;
}

/** Where devices belong that nobody has placed: as the settings say, else the site's first building. */
function buildingOf({ sources }: Settings, site: Site): string {
  const [first] = site.buildings;
  if (sources.building === "") return first!.id;
  if (!site.buildings.some((b) => b.id === sources.building))
    throw new Error(`sources.building: there is no building "${sources.building}" in the site file; it has ${site.buildings.map((b) => b.id).join(", ")}`);
  return sources.building;
}

/** Opens everything; what was opened is closed again when a later part fails. */
export async function openApp(parts: AppParts, beforeStart: BeforeStart = () => undefined): Promise<App> {
  const { settings, site, calendar, followed, log } = parts;
  const closers: (() => Promise<void> | void)[] = [];
  const closeAll = async () => {
    for (const close of closers.reverse()) await close();
  };
  try {
    let told: Flow | null = null;
    mkdirSync(settings.data.dir, { recursive: true, mode: 0o700 });
    const clock = followed ?? wallClock();
    const records = createSqliteRecords({ file: join(settings.data.dir, "records.sqlite") });
    await records.open();
    closers.push(() => records.close());
    const disk = createDisk({
      dir: settings.data.dir,
      reserve: settings.history.reserve * MB,
      fault: (error) => told?.fault("disk", "system.disk", error),
    });
    const history = createDuckDbHistory({
      file: join(settings.data.dir, "history.duckdb"),
      timezone: site.timezone,
      keep: {
        raw: settings.history.keepRaw * DAY,
        five: settings.history.keepFiveMinutes * DAY,
        hours: settings.history.keepHours * DAY,
        forwards: settings.influx.url === "" ? [] : ["influx"],
      },
      room: () => disk.room(),
      log,
    });
    await history.open();
    closers.push(() => history.close());

    let pages: Live | null = null;
    const channels = [
      createPageChannel({ deliver: (person, message) => pages?.tell(person, message) ?? 0 }),
      ...createChannels(settings.channels, { people: site.people, dataDir: settings.data.dir, subscriptions: records, now: () => Date.now(), log }),
    ];
    closers.push(async () => {
      for (const channel of channels) await channel.close?.();
    });
    const subscribers = new Set((await records.pushSubscriptions()).map((s) => s.person));
    const definitions = channels.map((c) => (c.kind === "push" ? { ...c, reaches: [...subscribers] } : c));
    const house = createHouse(site, calendar, [...POLICIES, ...site.custom.map(compileCustom)], definitions);
    const latest = await history.latest();
    const lastHeard = latest.reduce<Millis | null>((last, l) => (last === null || l.reading.received > last ? l.reading.received : last), null);
    beforeStart(lastHeard);
    const now = clock.now();
    const remembered = await records.standing(now);
    restoreRecords(house, remembered, now);
    await records.commit(interrupted(remembered.notices, now));
    const from = (lastHeard ?? now) - REPLAYED_MS;
    for (const { point, reading } of latest) if (reading.received < from) restorePoint(house, point, reading);
    await history.replay(from, (report) => restoreReport(house, report));
    await auditStart(records, settings, site, parts.version, now);
    const sayHead = async () => log.info({ audit: await records.auditHead() }, "the end of the audit's chain; keep it where this server cannot reach it");
    await sayHead();
    const daily = setInterval(() => void sayHead().catch(() => undefined), 24 * 3_600_000).unref();
    closers.push(async () => {
      clearInterval(daily);
      await sayHead();
    });
    await recallTrends(house, history, records, now);
    rejudgeAll(house, now);
    log.info({ devices: house.devices.size, points: latest.length, findings: house.findings.size, commands: house.commands.size }, "the house is restored");

    const refused = (message: { readonly fate: Fate; readonly topic: string; readonly detail: string }) => told?.refused(message);
    const sources = createSources({
      house,
      codecs: createCodecs(settings.sources, createMappingCodec([...(site.mappings ?? []), ...house.mappings.values()])),
      building: buildingOf(settings, site),
    });
    const allowed = (topic: string) => sources.maxPayload(topic);
    const transport =
      settings.mqtt.url === ""
        ? createEmbeddedBroker({
            host: settings.mqtt.host,
            port: settings.mqtt.port,
            users: settings.mqtt.users,
            verify: verifyPassword,
            log,
            allowed,
            refused,
          })
        : createExternalTransport({
            ...settings.mqtt,
            will: { topic: statusTopic(settings.mqtt.clientId), payload: "offline" },
            log,
            allowed,
            refused,
          });
    // Whoever runs the broker in its own process is alone at it; at any other broker a second server may stand.
    const steady = createSteadyClock(
      () => performance.now(),
      () => Date.now(),
    );
    const self = `${settings.mqtt.clientId}-${randomUUID()}`;
    const lease = { lease: settings.mqtt.url === "" ? createLandlord(self) : createLease(self, Math.random()), now: steady };
    const backtests = createBacktests({ house, holidays: parts.holidays, history, records, now: () => clock.now() });
    closers.push(() => backtests.close());
    const exports = createExports({ history, dir: join(settings.data.dir, "exports"), now: () => clock.now(), id: () => randomUUID() });
    closers.push(() => exports.close());
    const calendars = createCalendars({
      house,
      now: () => clock.now(),
      log,
      take: (source, read) => told?.takeBookings(source, read),
      fault: (error) => told?.fault("calendar-feed", "system.calendar-feed", error),
    });
    closers.push(() => calendars.close());
    const zone = createZone(site.timezone);
    const influx = createInflux({
      settings: settings.influx,
      dataDir: settings.data.dir,
      history,
      zone,
      houseNow: () => clock.now(),
      fault: (error) => told?.fault("influx", "system.influx", error),
      log,
    });
    closers.push(async () => influx?.close());
    const iso = (at: Millis) => zone.toIso(at);
    const links = createActLinks({
      secret: linkSecret(settings.data.dir),
      used: records,
      people: () => site.people,
      departments: () => site.departments,
      now: () => Date.now(),
    });
    let address = settings.http.url;
    const messenger = createMessenger({
      house,
      channels,
      records,
      now: () => clock.now(),
      iso,
      url: () => address,
      token: (to) => links.token(to),
      log,
    });
    const printers = createPrinters({
      devices: site.devices,
      now: () => clock.now(),
      awake: (device) => {
        const state = house.devices.get(device);
        return state === undefined ? null : isAwake(house, state, clock.now());
      },
      asks: (device, sheets) => waitsForWord(house, device, sheets, clock.now()),
      who: createWho(site.people, printerSecret(settings.data.dir)),
      marks: history,
      recorded: async (device) => (await records.jobs(device, { limit: RECORDED_JOBS })).items.map((item) => item.job),
      log,
    });
    const { forward, older } = influx ?? { forward: null, older: null };
    const flow = (told = createFlow({
      house,
      clock,
      followed,
      history,
      forward,
      older,
      records,
      backtests,
      calendars,
      transport,
      sources,
      citizen: createCitizen({
        house,
        transport,
        settings: settings.sources,
        clientId: settings.mqtt.clientId,
        version: parts.version,
        now: () => clock.now(),
        log,
      }),
      printers,
      messenger,
      log,
      lease,
    }));

    const { host, port } = settings.http;
    const server = createServer();
    const auth = await createAuth({
      credentials: records,
      people: () => site.people,
      departments: () => site.departments,
      mode: settings.auth.mode === "open" ? "open" : "password",
      url: settings.http.url,
      dataDir: settings.data.dir,
      now: () => Date.now(),
    });
    const live = (pages = createLive({ server, office: flow, gatekeeper: auth, iso, log }));
    const api = createApi({
      office: flow,
      gatekeeper: auth,
      webRoot: parts.webRoot,
      url: settings.http.url,
      version: parts.version,
      log,
      iso,
      live: () => live.stats(),
      links,
      push: { subscriptions: records, channel: await pushOf(settings), reach: (person, reachable) => flow.reach("push", person, reachable) },
      exports,
      sheets: createSheets(),
      reports: { documents: createDocuments(), forms: parts.forms },
    });
    server.on("request", api.app);
    // After the API's own listener: engine.io wraps what is already there.
    await live.open();
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => reject(new Error(listenProblem(error, host, port), { cause: error })));
      server.listen(port, host, resolve);
    });
    closers.push(async () => {
      await live.close();
      api.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const bound = (server.address() as AddressInfo).port;
    // Without an address of its own the page is only where it listens.
    if (address === "") address = `http://${host}:${bound}`;
    await flow.start();
    if (settings.sources.sparkplugHost !== "") {
      const primary = createSparkplugHost(settings.sources.sparkplugHost, Date.now(), log);
      const will = { topic: primary.topic, payload: primary.will };
      const own =
        settings.mqtt.url === ""
          ? null
          : createExternalTransport({ ...settings.mqtt, clientId: `${settings.mqtt.clientId}-sparkplug-host`, topics: [primary.topic], will, log });
      primary.announce(own ?? transport);
      await own?.open((message) => {
        primary.hear(message);
        message.settle?.();
      });
      closers.push(async () => {
        await primary.leave();
        await own?.close();
      });
    }
    calendars.start();
    if (forward === null) flow.fault("influx", "system.influx", null);
    else forward.start();
    const control = await openControl(settings.data.dir, (ask, progress) => {
      log.info({ to: ask.to }, "a backup is made");
      return makeBackup(
        { copyHistory: (file) => history.copyTo(file), dataDir: settings.data.dir, version: parts.version, now: () => Date.now() },
        ask.to,
        progress,
      );
    });
    if (control === null)
      log.warn({ dir: settings.data.dir }, "the data folder's path is too long for a socket: a backup cannot be asked for while this server runs");
    closers.push(() => control?.close());
    const look = () => void disk.look().catch((err: unknown) => log.warn({ err }, "the disk's room cannot be read"));
    look();
    const looking = setInterval(look, DISK_EVERY_MS);
    closers.push(() => clearInterval(looking));
    closers.push(() => flow.close());
    const setupToken = await auth.setupLink();
    return { flow, http: bound, mqtt: transport.port, setupLink: setupToken, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
