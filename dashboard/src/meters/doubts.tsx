import type { DoubtDto } from "../../../server/contract/meters.ts";
import { doubtText } from "./words.ts";

/** What speaks against a reading, the weighty first. */
export function Doubts({ doubts, unit }: { readonly doubts: readonly DoubtDto[]; readonly unit: string }) {
  if (doubts.length === 0) return null;
  return (
    <ul class="meter-doubts" role="status" data-testid="doubts">
      {doubts
        .toSorted((a, b) => Number(b.stops) - Number(a.stops))
        .map((d) => (
          <li key={d.kind} class={d.stops ? "stops" : ""} data-kind={d.kind}>
            {doubtText(d, unit)}
          </li>
        ))}
    </ul>
  );
}
