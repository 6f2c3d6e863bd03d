/** At each start the audit learns whether the settings or the site file are others than the last time, and which parts of them. */
import { createHash } from "node:crypto";
import type { Settings } from "./contract/settings.ts";
import { auditEntry } from "./core/audit.ts";
import type { Millis } from "./core/reading.ts";
import type { Site } from "./core/space.ts";
import type { Records } from "./ports/records.ts";

const fingerprint = (value: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify(value) ?? "")
    .digest("hex")
    .slice(0, 16);

/** A fingerprint of every part; what is secret is left out, so that nobody can try passwords against it. */
function partsOf(settings: Settings, site: Site, version: string): Record<string, string> {
  const { password: _password, users, ...mqtt } = settings.mqtt;
  const { token: _token, ...influx } = settings.influx;
  const public_ = { ...settings, mqtt: { ...mqtt, users: users.map((u) => ({ username: u.username, devices: u.devices })) }, influx };
  const parts: Record<string, string> = { version };
  for (const [name, value] of Object.entries(public_)) parts[`settings.${name}`] = fingerprint(value);
  for (const [name, value] of Object.entries(site)) parts[`site.${name}`] = fingerprint(value);
  return parts;
}

/** Writes what changed since the last start; nothing where nothing did. */
export async function auditStart(records: Records, settings: Settings, site: Site, version: string, now: Millis): Promise<void> {
  const parts = partsOf(settings, site, version);
  const last = (await records.audit({ limit: 1 }, { what: "settings" })).items[0];
  const before = (last?.detail["parts"] ?? {}) as Readonly<Record<string, string>>;
  const changed = [...new Set([...Object.keys(parts), ...Object.keys(before)])].filter((name) => parts[name] !== before[name]).sort();
  if (changed.length === 0) return;
  await records.commit([{ kind: "audit", entry: auditEntry({ by: "system", what: "settings", subject: site.id, detail: { changed, parts } }, now) }]);
}
