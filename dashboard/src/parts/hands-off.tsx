/** The switch "hands off": where the house commands nothing, said wherever it matters, and put on and off within a second. */
import { useState } from "preact/hooks";
import type { HandsOffDto } from "../../../server/contract/exceptions.ts";
import { post } from "../api.ts";
import { format, t, text } from "../i18n.ts";
import { deviceName, floorName, personName, spaceName, spaceOf } from "../names.ts";
import { devices, handsOff, now, site } from "../store.ts";
import { ActionButton, OpenButton, notAllowed } from "./action.tsx";
import { Dialog } from "./dialog.tsx";
import { endAt } from "./ended.ts";
import { Field, Form, field } from "./form.tsx";
import { Icon } from "./icon.tsx";

export type Part = { readonly device?: string; readonly space?: string; readonly building?: string; readonly floor?: string };

const stands = (h: HandsOffDto) => h.endedAt === null && (h.until === null || Date.parse(h.until) > now.value);

export function partName(part: {
  readonly device?: string | null;
  readonly space?: string | null;
  readonly building?: string | null;
  readonly floor?: string | null;
}): string {
  if (part.device != null) return deviceName(part.device);
  if (part.space != null) return spaceName(part.space);
  const building = site.value?.buildings.find((b) => b.id === part.building);
  const name = building === undefined ? t("hands-off.whole-site") : text(building.name);
  return part.floor == null ? name : `${name} ${floorName(part.floor)}`;
}

async function end(id: string): Promise<void> {
  await endAt(`/hands-off/${encodeURIComponent(id)}`, t("hands-off.ended"));
}

/** What stands now, as a banner over everything. */
export function HandsOffBanner() {
  const now = [...handsOff.all()].filter(stands);
  if (now.length === 0) return null;
  return (
    <div class="banner hands-off" data-testid="hands-off-banner">
      <Icon name="hand" size={18} />
      <ul class="plain-list">
        {now.map((h) => (
          <li key={h.id}>
            {t("hands-off.stands", {
              part: partName(h),
              who: personName(h.by),
              reason: h.reason,
              until: h.until === null ? null : format.value.time(h.until, Date.now()),
            })}{" "}
            <ActionButton
              action="hands-off"
              department={h.device !== null ? (devices.peek(h.device)?.department ?? null) : (spaceOf(h.space)?.department ?? null)}
              tone="quiet"
              run={() => end(h.id)}
              testId="hands-on"
            >
              {t("hands-off.end")}
            </ActionButton>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function HandsOffButton({ part, department }: { readonly part: Part; readonly department: string | null }) {
  const [open, setOpen] = useState(false);
  const why = notAllowed("hands-off", department);
  const mine = [...handsOff.all()].find(
    (h) =>
      stands(h) &&
      (h.device ?? undefined) === part.device &&
      (h.space ?? undefined) === part.space &&
      (h.building ?? undefined) === part.building &&
      (h.floor ?? undefined) === part.floor,
  );
  if (mine !== undefined) {
    return (
      <ActionButton action="hands-off" department={department} tone="danger" run={() => end(mine.id)} testId="hands-off-end">
        {t("hands-off.end")}
      </ActionButton>
    );
  }
  const send = (form: FormData) => {
    const minutes = field(form, "minutes");
    return post("/hands-off", { ...part, reason: field(form, "reason"), ...(minutes === "" ? {} : { minutes: Number(minutes) }) });
  };
  return (
    <>
      <OpenButton why={why} open={() => setOpen(true)} testId="hands-off-button">
        {t("hands-off.open")}
      </OpenButton>
      {open && (
        <Dialog title={t("hands-off.title", { part: partName(part) })} onClose={() => setOpen(false)} testId="hands-off-dialog">
          <Form send={send} button={t("hands-off.take")} tone="danger" done={t("hands-off.taken")} onDone={() => setOpen(false)} testId="hands-off-form">
            <p class="muted">{t("hands-off.explained")}</p>
            <Field label={t("override.reason")}>
              <textarea name="reason" required minLength={2} maxLength={500} rows={2} />
            </Field>
            <Field label={t("override.how-long")}>
              <select name="minutes">
                <option value="">{t("hands-off.until-ended")}</option>
                {[30, 60, 240, 1440].map((m) => (
                  <option key={m} value={m}>
                    {format.value.duration(m * 60_000)}
                  </option>
                ))}
              </select>
            </Field>
          </Form>
        </Dialog>
      )}
    </>
  );
}
