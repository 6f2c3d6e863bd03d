/** One printer: what of it is due is asked, and what it says is put into the house's words. */
import type { Description } from "../core/description.ts";
import { officeUnit } from "../core/description.ts";
import type { Device, PrinterConnection } from "../core/device.ts";
import type { PrintJob } from "../core/policy.ts";
import type { DeviceId, Millis } from "../core/reading.ts";
import type { Log } from "../log.ts";
import type { DeviceWord } from "../ports/device-word.ts";
import { createIppClient } from "./ipp-client.ts";
import { createPageTally } from "./page-log.ts";
import type { Queue, QueueState } from "./queue.ts";
import { createQueue, queueName, toldFrom } from "./queue.ts";
import type { Pace } from "./schedule.ts";
import { copierPace, nextPoll } from "./schedule.ts";
import { createSnmpClient } from "./snmp-client.ts";
import type { SnmpReading } from "./snmp-reading.ts";
import { readSnmp } from "./snmp-reading.ts";
import type { Marks } from "./tail.ts";
import { createTail } from "./tail.ts";

export interface PrinterParts {
  readonly now: () => Millis;
  /** Whether the socket's meter says that a device is awake; null where nothing measures it. */
  readonly awake: (device: DeviceId) => boolean | null;
  /** Whether a job of so many sheets (null: nobody counted it) waits for somebody's word at a device. */
  readonly asks: (device: DeviceId, sheets: number | null) => boolean;
  /** A queue's user in the house's words. */
  readonly who: (user: string) => string;
  readonly marks: Marks;
  /** The newest jobs that are on record of a device. */
  readonly recorded: (device: DeviceId) => Promise<readonly PrintJob[]>;
  readonly log: Pick<Log, "info" | "warn">;
  readonly pace: Pace;
}

export interface Printer {
  readonly address: string;
  /** Asks what is due, if nothing of it is under way. */
  look(): void;
  /** Releases or cancels a held job; null when it was done, else why not. Rejects when its queue cannot be reached. */
  decide(job: string, release: boolean): Promise<string | null>;
  close(): Promise<void>;
}

/** What stands still is said again so often, ms. */
const SAY_AGAIN_MS = 60_000;

export function createPrinter(parts: PrinterParts, device: Device, at: PrinterConnection, hear: (word: DeviceWord) => void): Printer {
  const { now, log, pace } = parts;
  const address = device.address ?? device.id;
  const snmp = at.snmp === null ? null : createSnmpClient(at.snmp);
  const ipp = at.ipp === null ? null : createIppClient(at.ipp);
  const tail = at.pageLog === null ? null : createTail(at.pageLog, `page-log:${device.id}`, parts.marks);
  const tally = createPageTally(parts.who);
  const name = at.ipp === null ? address : queueName(at.ipp);
  /** The same machine is asked by IPP as by SNMP: it is the copier itself, and may sleep. */
  const itself = at.snmp !== null && at.ipp !== null && new URL(at.ipp).hostname === at.snmp.host;
  let queue: Promise<Queue> | null = null;
  let server = !itself;
  let closed = false;
  const asked = new Map<string, Millis>();
  const running = new Map<string, Promise<void>>();
  const troubles = new Map<string, string>();
  let described = "";
  let said = { text: "", at: 0 };

  const job = (told: PrintJob) => closed || hear({ kind: "job", address, job: told });

  /** The queue, and the jobs on record with it: from then on each job's end is told once. */
  const told = parts.recorded(device.id).then(toldFrom);
  const followed = () =>
    (queue ??= told.then((known) => createQueue({ client: ipp!, told: known, who: parts.who, hear: job, asks: (sheets) => parts.asks(device.id, sheets) })));

  function say(values: Readonly<Record<string, number | string>>, always: boolean): void {
    const text = JSON.stringify(values);
    if (closed || text === "{}" || (!always && text === said.text && now() - said.at < SAY_AGAIN_MS)) return;
    said = { text, at: now() };
    hear({ kind: "said", address, said: { ts: null, values } });
  }

  function describe(about: Pick<Description, "maker" | "model" | "area" | "hardware">, values: Readonly<Record<string, unknown>>): void {
    const description: Description = {
      address,
      aliases: [],
      name: typeof device.name === "string" ? device.name : address,
      ...about,
      kind: "copier",
      points: Object.keys(values).map((point) => ({ name: point, key: point, unit: officeUnit(point) ?? null, writable: false })),
      topic: at.ipp ?? `snmp://${at.snmp?.host ?? "page-log"}`,
      interval: null,
      openLoop: false,
      unread: [],
    };
    const text = JSON.stringify(description);
    if (text === described || closed) return;
    described = text;
    hear({ kind: "described", description });
  }

  async function askSnmp(): Promise<void> {
    const reading: SnmpReading = readSnmp(await snmp!.ask());
    const { maker, model, name: area, serial } = reading;
    describe({ maker, model, area, hardware: serial === null ? [] : [`serial:${serial.toLowerCase()}`] }, reading.values);
    say(reading.values, true);
  }

  async function askQueue(): Promise<void> {
    const lines = tail === null ? [] : await tail.read();
    const on = ipp === null ? null : await followed();
    const state: QueueState | null = on === null ? null : await on.poll();
    const known = await told;
    for (const logged of [...tally.take(lines), ...tally.rest(now())]) {
      // What the queue itself tells of is told once.
      if (logged.printer !== name || on?.knows(logged.id) === true || known.has(logged.job.job)) continue;
      known.set(logged.job.job, logged.job);
      job(logged.job);
    }
    await tail?.taken();
    if (state === null) return;
    server = state.server;
    if (snmp !== null) return;
    const values = state.status === null ? {} : { status: state.status };
    describe({ maker: null, model: state.model, area: null, hardware: state.uuid === null ? [] : [state.uuid.toLowerCase()] }, values);
    say(values, false);
  }

  /** Whether it answers is said of what takes its jobs, else of the copier. */
  function attempt(what: "snmp" | "queue", ask: () => Promise<void>): void {
    const speaks = what === (ipp === null ? "snmp" : "queue");
    asked.set(what, now());
    const run = ask().then(
      () => {
        if (troubles.delete(what)) log.info({ device: device.id, what }, "the printer answers again");
        if (speaks && !closed) hear({ kind: "availability", address, online: true });
      },
      (error: unknown) => {
        const trouble = error instanceof Error ? error.message : String(error);
        if (closed) return;
        if (troubles.get(what) !== trouble) log.warn({ device: device.id, what, error: trouble }, "the printer could not be asked");
        troubles.set(what, trouble);
        if (speaks) hear({ kind: "availability", address, online: false });
      },
    );
    running.set(
      what,
      run.finally(() => running.delete(what)),
    );
  }

  return {
    address,
    look() {
      const [time, gentle] = [now(), copierPace(parts.awake(device.id), pace)];
      if (snmp !== null && !running.has("snmp") && nextPoll(asked.get("snmp") ?? null, time, gentle) <= time) attempt("snmp", askSnmp);
      if (ipp === null && tail === null) return;
      const every = ipp === null || server ? pace.server : gentle;
      if (!running.has("queue") && nextPoll(asked.get("queue") ?? null, time, every) <= time) attempt("queue", askQueue);
    },
    async decide(which, release) {
      if (ipp === null) return "this printer has no queue that holds jobs: give it printer.ipp in the site file";
      const refused = await (await followed()).decide(which, release);
      // How it ends is to be heard soon.
      asked.delete("queue");
      return refused;
    },
    async close() {
      closed = true;
      snmp?.close();
      ipp?.close();
      await Promise.all(running.values());
    },
  };
}
