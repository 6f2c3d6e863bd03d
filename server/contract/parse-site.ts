/** From a site file's data to a Site, or to every mistake in it. */
import type { DeviceKind } from "../core/device.ts";
import type { PolicyDefinition } from "../core/policy.ts";
import { problemsOf } from "./mistakes.ts";
import type { ParsedSite } from "./site-assembly.ts";
import { assembleSite } from "./site-assembly.ts";
import { siteFileSchema } from "./site.ts";

/** Power in W at or below which a device of a kind counts as off, where the site file does not say. */
const STANDBY: Readonly<Record<DeviceKind, number>> = {
  ac: 15,
  light: 2,
  water: 0,
  copier: 10,
  meter: 0,
  plug: 5,
  presence: 0,
  contact: 0,
  lux: 0,
  boiler: 30,
  outdoor: 0,
};

/**
 * A site file's data (as read from YAML or JSON) as a Site, or every mistake in it: of form first, and when the form is
 * right, of sense (ids used twice, references to nothing). With `policies` their ids and parameters are checked too.
 */
export function parseSite(data: unknown, policies: readonly PolicyDefinition[] | null = null): ParsedSite {
  const parsed = siteFileSchema.safeParse(data);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error) };
  return assembleSite(parsed.data, policies, STANDBY);
}
