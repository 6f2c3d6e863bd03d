/** Which file makes which kind of device. */
import type { DeviceKind } from "../../server/core/device.ts";
import { createAc } from "./ac.ts";
import { createBoiler } from "./boiler.ts";
import { createContact } from "./contact.ts";
import type { CopierMaking } from "./copier.ts";
import { createCopier } from "./copier.ts";
import type { SimDevice } from "./device.ts";
import { createLight } from "./light.ts";
import { createLux } from "./lux.ts";
import type { MeterMaking } from "./meter.ts";
import { createMeter } from "./meter.ts";
import { createOutdoor } from "./outdoor.ts";
import { createPlug } from "./plug.ts";
import { createPresence } from "./presence.ts";
import { createWater } from "./water.ts";

export const MAKERS: Readonly<Record<DeviceKind, (making: CopierMaking & MeterMaking) => SimDevice>> = {
  ac: createAc,
  light: createLight,
  water: createWater,
  copier: createCopier,
  meter: createMeter,
  plug: createPlug,
  presence: createPresence,
  contact: createContact,
  lux: createLux,
  boiler: createBoiler,
  outdoor: createOutdoor,
};

/** Order in which devices step: what rooms feel first, what measures them last. */
export const STEP_ORDER: readonly DeviceKind[] = ["contact", "light", "plug", "copier", "water", "ac", "boiler", "lux", "presence", "outdoor", "meter"];
