/**
 * Printers and copiers of the site file with `codec: printer`: asked by SNMP for counters, state and supplies, by IPP for the jobs of a queue, and by CUPS's
 * page log for what was printed. What is heard leaves in the words of a codec; a copier that may sleep is asked so seldom that it can.
 */
import type { Device } from "../core/device.ts";
import type { Printers } from "../ports/printers.ts";
import type { Printer, PrinterParts } from "./printer.ts";
import { createPrinter } from "./printer.ts";
import type { Pace } from "./schedule.ts";
import { PACE } from "./schedule.ts";

/** How often it is looked who is to be asked, ms. */
const LOOK_MS = 500;

export interface PrintersParts extends Omit<PrinterParts, "pace"> {
  readonly devices: readonly Device[];
  readonly pace?: Pace;
}

export function createPrinters(parts: PrintersParts): Printers {
  const pace = parts.pace ?? PACE;
  const printers = new Map<string, Printer>();
  let timer: NodeJS.Timeout | null = null;
  let tell: Parameters<Printers["start"]>[0] = () => undefined;
  return {
    start(hear) {
      tell = hear;
      for (const device of parts.devices) {
        if (device.printer == null) continue;
        const printer = createPrinter({ ...parts, pace }, device, device.printer, hear);
        printers.set(printer.address, printer);
      }
      if (printers.size === 0) return;
      const look = () => printers.forEach((printer) => printer.look());
      timer = setInterval(look, Math.min(LOOK_MS, pace.server));
      look();
    },
    async send(address, { job, release }, command) {
      const answer = (why: string | null) => tell({ kind: "ack", address, command, accepted: why === null, error: why });
      const printer = printers.get(address);
      if (printer === undefined) return answer("no printer of the site file has this address");
      if (typeof job !== "string" || typeof release !== "boolean")
        return answer("a printer is not switched over its network; name the socket that switches it");
      answer(await printer.decide(job, release));
    },
    async close() {
      if (timer !== null) clearInterval(timer);
      await Promise.all([...printers.values()].map((printer) => printer.close()));
    },
  };
}
