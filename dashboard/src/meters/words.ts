/** Sentences about meters: how a value differs from the last one, and what speaks against it. */
import type { DoubtDto, MeterDto, MeterEntryDto } from "../../../server/contract/meters.ts";
import { fill } from "../../../server/contract/words/template.ts";
import { format, lookup, t, word } from "../i18n.ts";

const DAY = 86_400_000;

/** What a doubt says, and what to do. */
export function doubtText({ kind, evidence }: DoubtDto, unit: string): string {
  const said: Record<string, string> = { unit };
  for (const [key, value] of Object.entries(evidence))
    said[key] =
      key.endsWith("At") && typeof value === "string"
        ? format.value.dateTime(value).slice(0, 16)
        : typeof value === "number"
          ? format.value.number(value, value % 1 === 0 ? 0 : 2)
          : key === "state"
            ? word("meter-state", value)
            : value;
  return fill(lookup(`meter-doubt.${kind}`) ?? kind, said);
}

export function amount(value: number, unit: string): string {
  return `${format.value.number(value, value % 1 === 0 ? 0 : 2)} ${unit}`;
}

/** What would have been used since the last reading, and what that is a day. */
export function riseText(meter: MeterDto, value: number, at: number): string | null {
  if (meter.last === null) return null;
  const days = (at - Date.parse(meter.last.at)) / DAY;
  const rise = value - meter.last.value;
  const more = `${rise < 0 ? "−" : "+"}${amount(Math.abs(rise), meter.unit)}`;
  if (days < 0.5 || rise < 0) return more;
  const perDay = t("meters.per-day", { amount: amount(rise / days, meter.unit) });
  return meter.usual === null ? `${more} · ${perDay}` : `${more} · ${perDay} ${t("meters.usually", { amount: amount(meter.usual, meter.unit) })}`;
}

export function entryText(e: MeterEntryDto): string {
  return e.kind === "reading"
    ? amount(e.value ?? 0, e.unit)
    : t("meters.exchanged", { final: amount(e.final ?? 0, e.unit), initial: amount(e.initial ?? 0, e.unit) });
}

/** `YYYY-MM-DDTHH:MM` of the site, as inputs of times want it, and back. */
export function localTime(at: number): string {
  return format.value.dateTime(at).slice(0, 16).replace(" ", "T");
}
export function isoOf(local: string): string {
  return new Date(format.value.instant(local)).toISOString();
}
