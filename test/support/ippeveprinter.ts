/** A printer that is its own queue (ippeveprinter of CUPS), whose counters a script sets; on a message bus of its own, which it insists on. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { endChild, listensOn } from "./child.ts";
import { freePort } from "./free-port.ts";

export interface EvePrinter {
  readonly uri: string;
  output(): string;
  remove(): Promise<void>;
}

const START_WITHIN_MS = 30_000;

/** Every job it prints comes to `impressions` sides. */
export async function startEvePrinter(impressions: number): Promise<EvePrinter> {
  const folder = mkdtempSync(join(tmpdir(), "jieyue-eve-"));
  const socket = join(folder, "bus");
  writeFileSync(
    join(folder, "bus.conf"),
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>`,
  );
  const command = join(folder, "print.sh");
  writeFileSync(command, `#!/bin/sh\ncat "$1" >/dev/null 2>&1\necho "ATTR: job-impressions=${impressions} job-impressions-completed=${impressions}" >&2\n`);
  chmodSync(command, 0o755);
  let output = "";
  const running: ChildProcess[] = [];
  function run(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${socket}` } });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", (error) => (output += String(error)));
    running.push(child);
    return child;
  }
  const remove = async () => {
    for (const child of running.toReversed()) await endChild(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = performance.now() + START_WITHIN_MS;
  async function until(there: () => boolean | Promise<boolean>, child: ChildProcess): Promise<void> {
    while (!(await there())) {
      if (child.exitCode !== null || performance.now() > deadline) {
        await remove();
        throw new Error(`ippeveprinter or its bus did not start:\n${output}`);
      }
      await delay(20);
    }
  }
  await until(() => existsSync(socket), run("dbus-daemon", [`--config-file=${folder}/bus.conf`, "--nofork", "--nopidfile"]));
  const port = await freePort();
  await until(
    () => listensOn(port),
    run("ippeveprinter", ["-r", "off", "-2", "-f", "text/plain", "-p", String(port), "-d", folder, "-c", command, "Copier 3F"]),
  );
  return { uri: `ipp://127.0.0.1:${port}/ipp/print`, output: () => output, remove };
}
