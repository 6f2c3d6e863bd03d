/** Why a device is as it is, as the border shows it. */
import type { Why } from "../../core/explain.ts";
import type { WhyDto } from "../why.ts";
import { overrideDto } from "./exceptions.ts";
import type { Eyes } from "./eyes.ts";
import { evidenceDto, orNull } from "./eyes.ts";
import { dayDto } from "./house.ts";

/** `department` is the device's. */
export function whyDto(eyes: Eyes, why: Why, department: string | null): WhyDto {
  return {
    device: why.device,
    protection: why.protection,
    day: dayDto(why.day),
    overrides: why.overrides.map((o) => overrideDto(eyes, o)),
    judgements: why.judgements.map((j) => ({
      policy: j.policy,
      mode: j.mode,
      applies: j.applies,
      why: j.why,
      state: j.state,
      reason: j.reason,
      evidence: j.evidence === null ? null : evidenceDto(eyes, j.evidence, department),
      since: orNull(eyes, j.since),
      due: orNull(eyes, j.due),
      exemption: j.exemption,
      finding: j.finding,
      wants: j.wants === null ? null : { ...j.wants },
    })),
    arbitration: why.arbitration.map((a) => ({ point: a.point, wanted: a.wanted, by: a.by, source: a.source, beats: [...a.beats], reported: a.reported })),
    holding: why.holding.map((h) => ({ why: h.why, until: orNull(eyes, h.until) })),
  };
}
