/** Every policy of the office, one file each. A new one is one file (copy BLUEPRINT.md), one line here, one test, its sentences in `contract/words/`. */
import type { PolicyDefinition } from "../policy.ts";
import { afterHoursShutoff } from "./after-hours-shutoff.ts";
import { boilerFollowsWeather } from "./boiler-follows-weather.ts";
import { coolingFloor, heatingCeiling } from "./setpoint-limits.ts";
import { copierAfterHours } from "./copier-after-hours.ts";
import { copierApproval } from "./copier-approval.ts";
import { copierDuplex } from "./copier-duplex.ts";
import { copierQuota } from "./copier-quota.ts";
import { copierUnattributed } from "./copier-unattributed.ts";
import { daylightLightsOff } from "./daylight-lights-off.ts";
import { decorativeLightsOff } from "./decorative-lights-off.ts";
import { deviceSilent } from "./device-silent.ts";
import { deviceStuck } from "./device-stuck.ts";
import { meterImplausible } from "./meter-implausible.ts";
import { naturalAirFirst } from "./natural-air-first.ts";
import { nightFlow } from "./night-flow.ts";
import { offButDraws } from "./off-but-draws.ts";
import { readingDue } from "./reading-due.ts";
import { standbyCut } from "./standby-cut.ts";
import { supplyFailed } from "./supply-failed.ts";
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
  nightFlow,
  naturalAirFirst,
  boilerFollowsWeather,
  afterHoursShutoff,
  standbyCut,
  decorativeLightsOff,
  copierApproval,
  copierAfterHours,
  copierDuplex,
  copierQuota,
  copierUnattributed,
  deviceSilent,
  deviceStuck,
  meterImplausible,
  readingDue,
  offButDraws,
  supplyFailed,
];
