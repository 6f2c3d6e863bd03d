/** Every policy of the office, one file each. A new one is one file (copy BLUEPRINT.md), one line here, one test, one locale entry. */
import type { PolicyDefinition } from "../policy.ts";
import { afterHoursShutoff } from "./after-hours-shutoff.ts";
import { coolingFloor, heatingCeiling } from "./setpoint-limits.ts";
import { copierAfterHours } from "./copier-after-hours.ts";
import { copierApproval } from "./copier-approval.ts";
import { daylightLightsOff } from "./daylight-lights-off.ts";
import { decorativeLightsOff } from "./decorative-lights-off.ts";
import { vacantAcOff, vacantLightsOff } from "./vacant.ts";
import { vacantWaterOff } from "./vacant-water-off.ts";
import { windowOpenNoAc } from "./window-open-no-ac.ts";

export const POLICIES: readonly PolicyDefinition[] = [
  coolingFloor,
  heatingCeiling,
  windowOpenNoAc,
  vacantLightsOff,
  vacantAcOff,
  daylightLightsOff,
  vacantWaterOff,
  afterHoursShutoff,
  decorativeLightsOff,
  copierApproval,
  copierAfterHours,
];
