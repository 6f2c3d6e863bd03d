/** A day's bookings, and cancelling one. */
import type { BookingDto } from "../../../server/contract/calendar.ts";
import { format, t, word } from "../i18n.ts";
import { can, me } from "../me.ts";
import { personName, spaceName } from "../names.ts";
import { ActionButton } from "../parts/action.tsx";
import { endAt } from "../parts/ended.ts";
import { Empty } from "../parts/marks.tsx";
import { pathTo } from "../router.ts";
import { now } from "../store.ts";

/** Whether a booking touches a local date. */
export function onDate(b: BookingDto, date: string): boolean {
  return format.value.dateTime(b.from).slice(0, 10) <= date && format.value.dateTime(Date.parse(b.until) - 1).slice(0, 10) >= date;
}

async function cancel(b: BookingDto): Promise<void> {
  await endAt(`/bookings/${encodeURIComponent(b.id)}`, t("calendar.canceled"));
}

export function Bookings({ rows }: { readonly rows: readonly BookingDto[] }) {
  if (rows.length === 0) return <Empty text={t("calendar.no-bookings")} />;
  const at = (iso: string) => format.value.dateTime(iso).slice(11, 16);
  return (
    <ul class="plain-list bookings">
      {rows.map((b) => {
        const mine = b.by === me.value?.person?.id;
        const ours = b.source === "page" || b.source === "import";
        const by = b.source === "site" ? t("calendar.site-file") : b.source.startsWith("feed:") ? b.source.slice(5) : personName(b.by);
        return (
          <li key={b.id} data-testid="booking-row">
            <span class="figures">
              {at(b.from)}–{at(b.until)}
            </span>
            <span>
              <b>{b.source === "roster" ? personName(b.by) : b.note}</b> <span class="tag">{word("booking", b.kind)}</span>
              <br />
              {b.space === null ? t("hands-off.whole-site") : <a href={pathTo("spaces", b.space)}>{spaceName(b.space)}</a>}{" "}
              <small class="muted">{b.source === "roster" ? t("calendar.roster") : by}</small>
            </span>
            {ours && (mine || can("manage-calendar")) && Date.parse(b.until) > now.value && (
              <ActionButton action="book" department={null} tone="quiet" run={() => cancel(b)} testId="cancel-booking">
                {t("calendar.cancel")}
              </ActionButton>
            )}
          </li>
        );
      })}
    </ul>
  );
}
