/** A real SNMP agent (Debian's snmpsim) that plays a copier from a table of its answers. */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createSocket } from "node:dgram";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { endChild } from "./child.ts";

export interface Snmpsim {
  readonly port: number;
  output(): string;
  remove(): Promise<void>;
}

/** By OID: snmpsim's tag (2 integer, 4 text, 4x hex, 6 OID, 65 Counter32) and the value. */
export type SnmpTable = Readonly<Record<string, readonly [tag: string, value: string | number]>>;

/** Who may ask by version 3, in the context that is called like the community. */
export const SNMP_USER = {
  version: 3,
  community: null,
  user: "jieyue",
  auth: { protocol: "sha256", key: "first-secret" },
  privacy: { protocol: "aes", key: "other-secret" },
} as const;

const START_WITHIN_MS = 30_000;

export async function startSnmpsim(community: string, table: SnmpTable): Promise<Snmpsim> {
  const folder = mkdtempSync(join(tmpdir(), "jieyue-snmp-"));
  for (const name of ["data", "cache", "variation"]) {
    mkdirSync(join(folder, name));
    chmodSync(join(folder, name), 0o777);
  }
  chmodSync(folder, 0o755);
  const rows = Object.entries(table).toSorted(([a], [b]) => byOid(a, b));
  writeFileSync(join(folder, "data", `${community}.snmprec`), `${rows.map(([oid, [tag, value]]) => `${oid}|${tag}|${value}`).join("\n")}\n`);
  const port = await freeUdpPort();
  const child = spawn(
    "snmpsimd",
    [
      ...(process.getuid?.() === 0 ? ["--process-user=nobody", "--process-group=nogroup"] : []),
      `--data-dir=${folder}/data`,
      `--cache-dir=${folder}/cache`,
      `--variation-modules-dir=${folder}/variation`,
      `--agent-udpv4-endpoint=127.0.0.1:${port}`,
      `--v3-user=${SNMP_USER.user}`,
      "--v3-auth-proto=SHA256",
      `--v3-auth-key=${SNMP_USER.auth.key}`,
      "--v3-priv-proto=AES",
      `--v3-priv-key=${SNMP_USER.privacy.key}`,
      "--logging-method=stderr",
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PYTHONUNBUFFERED: "1" } },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const remove = async () => {
    await endChild(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = performance.now() + START_WITHIN_MS;
  while (!output.includes("Listening at")) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await remove();
      throw new Error(`snmpsimd did not start:\n${output}`);
    }
    await delay(20);
  }
  return { port, output: () => output, remove };
}

function byOid(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) if (left[i] !== right[i]) return left[i]! - right[i]!;
  return left.length - right.length;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address() as AddressInfo;
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
