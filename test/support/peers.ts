/**
 * The real programs beside which the tests run. `npm test` calls this file first: as root on Debian it installs what is
 * missing, elsewhere it names what is missing and fails.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface Peer {
  /** Its Debian package. */
  readonly package: string;
  readonly what: string;
  /** A program on the path, or a file or folder, that is there when it is installed. */
  readonly program?: string;
  readonly file?: string;
}

export const PEERS: readonly Peer[] = [
  { package: "mosquitto", what: "a real MQTT broker", program: "mosquitto" },
  { package: "mosquitto-clients", what: "a device's voice from the shell", program: "mosquitto_pub" },
  { package: "influxdb", what: "a real InfluxDB (1.6)", program: "influxd" },
  { package: "victoria-metrics", what: "another database that takes what is written to InfluxDB", program: "victoria-metrics" },
  { package: "snmpsim", what: "a real SNMP agent that plays a copier", program: "snmpsimd" },
  { package: "cups-daemon", what: "a real print server", program: "cupsd" },
  { package: "cups-client", what: "who prints, and makes queues, from the shell", program: "lpadmin" },
  { package: "cups-ipp-utils", what: "a real printer that is its own queue", program: "ippeveprinter" },
  { package: "dbus-daemon", what: "the message bus that this printer insists on", program: "dbus-daemon" },
  { package: "openssl", what: "certificates for the broker's TLS", program: "openssl" },
  { package: "chromium", what: "the browser of the page's tests", program: "chromium" },
  { package: "fonts-noto-cjk", what: "Chinese letters in that browser", file: "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc" },
];

/** Where daemons live that are not on an ordinary user's path. */
const MORE_PATHS = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

/** The whole path of a program, or null where there is none. */
export function findProgram(name: string, path: string = process.env["PATH"] ?? ""): string | null {
  for (const folder of [...path.split(delimiter), ...MORE_PATHS]) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return null;
}

/** The peers that are not installed. */
export function missingPeers(peers: readonly Peer[] = PEERS, path?: string): Peer[] {
  return peers.filter((peer) => !(peer.program === undefined ? existsSync(peer.file ?? "") : findProgram(peer.program, path) !== null));
}

function install(packages: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const run = (...args: string[]): boolean => spawnSync("apt-get", args, { env, stdio: ["ignore", 2, 2] }).status === 0;
  return run("update", "-q") && run("install", "-q", "-y", "--no-install-recommends", ...packages);
}

/** Installs what is missing where it may; answers the exit code. */
function main(): number {
  const missing = missingPeers();
  if (missing.length === 0) return 0;
  const names = missing.map((peer) => peer.package);
  if (process.getuid?.() === 0 && findProgram("apt-get") !== null) {
    console.error(`The tests need ${names.join(", ")}: installing them with apt-get.`);
    if (install(names) && missingPeers().length === 0) return 0;
    console.error("apt-get could not install them; its words are above.");
  }
  console.error("The tests need, and do not find:");
  for (const peer of missingPeers()) console.error(`  ${peer.package.padEnd(18)} ${peer.what}`);
  console.error(`On Debian or Ubuntu: sudo apt-get install ${names.join(" ")}`);
  return 1;
}

if (import.meta.main) process.exitCode = main();
