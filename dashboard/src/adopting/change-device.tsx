/** An adopted device is described anew: what it is, where, how often it speaks, what measures it; or it is let go. */
import { useState } from "preact/hooks";
import type { DeviceDetailDto } from "../../../server/contract/adopting.ts";
import type { DeviceDto } from "../../../server/contract/devices.ts";
import { deviceApi, post } from "../api.ts";
import { t, text } from "../i18n.ts";
import { spaceName } from "../names.ts";
import { ActionButton, notAllowed } from "../parts/action.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field, Form, field } from "../parts/form.tsx";
import { tellDone, tellProblem } from "../parts/notice.tsx";
import { devices } from "../store.ts";
import { KindOptions, SpaceOptions } from "./device-options.tsx";

/** Devices that may measure this one: those in its own room first. */
function metersFor(device: DeviceDto): readonly DeviceDto[] {
  return [...devices.peekAll()]
    .filter((d) => d.id !== device.id && d.building === device.building && d.points.some((p) => p.name === "power"))
    .toSorted((a, b) => Number(b.space === device.space) - Number(a.space === device.space) || text(a.name).localeCompare(text(b.name)));
}

function ChangeDialog({
  device,
  detail,
  close,
  done,
}: {
  readonly device: DeviceDto;
  readonly detail: DeviceDetailDto;
  readonly close: () => void;
  readonly done: () => void;
}) {
  const why = notAllowed("adopt-device", null);
  const send = (form: FormData) => {
    const name = field(form, "name");
    const given = (key: "interval" | "standby") => (field(form, key) === "" ? {} : { [key]: Number(field(form, key)) });
    return post(deviceApi(device.id, "/adopt"), {
      kind: field(form, "kind"),
      space: field(form, "space") || null,
      ...(name === "" || name === text(device.name) ? {} : { name }),
      ...given("interval"),
      ...given("standby"),
      meter: field(form, "meter") || null,
      openLoop: form.has("openLoop"),
    });
  };
  const release = async () => {
    if (!confirm(t("device.release-sure", { device: text(device.name) }))) return;
    const answer = await post<DeviceDto>(deviceApi(device.id, "/release"));
    if (!answer.ok) return tellProblem(answer.problem);
    tellDone(t("device.released"));
    close();
  };
  return (
    <Dialog title={t("device.change")} onClose={close} testId="change-device">
      <Form
        send={send}
        button={t("common.save")}
        done={t("device.changed")}
        onDone={() => {
          done();
          close();
        }}
        disabled={why}
        testId="change-form"
      >
        <div class="field-row">
          <Field label={t("table.name")}>
            <input name="name" maxLength={100} defaultValue={text(device.name)} />
          </Field>
          <Field label={t("table.kind")}>
            <select name="kind" required>
              <KindOptions chosen={device.kind} />
            </select>
          </Field>
          <Field label={t("table.space")}>
            <select name="space">
              <SpaceOptions building={device.building} chosen={device.space} />
            </select>
          </Field>
          <Field label={t("source.interval-s")}>
            <input name="interval" type="number" min={1} max={86_400} defaultValue={String(detail.interval)} />
          </Field>
          <Field label={t("device.standby")} hint={t("device.standby-hint")}>
            <input name="standby" type="number" min={0} max={10_000} step="any" defaultValue={String(detail.standby)} />
          </Field>
          <Field label={t("device.meter")} hint={t("device.meter-hint")}>
            <select name="meter">
              <option value="">{t("device.no-meter")}</option>
              {metersFor(device).map((d) => (
                <option key={d.id} value={d.id} selected={d.id === detail.meter}>
                  {text(d.name)} · {spaceName(d.space)}
                </option>
              ))}
            </select>
          </Field>
        </div>
        <label class="check">
          <input type="checkbox" name="openLoop" defaultChecked={detail.openLoop} />
          {t("device.open-loop")}
        </label>
      </Form>
      <div class="let-go">
        <p class="muted">{t("device.release-about")}</p>
        <ActionButton action="adopt-device" department={null} run={release} tone="danger" testId="release-device">
          {t("device.release")}
        </ActionButton>
      </div>
    </Dialog>
  );
}

/** What the site file describes is changed there. */
export function ChangeDevice({ device, detail, done }: { readonly device: DeviceDto; readonly detail: DeviceDetailDto | null; readonly done: () => void }) {
  const [open, setOpen] = useState(false);
  if (detail === null) return null;
  const { fixed } = detail;
  return (
    <>
      <ActionButton
        action="adopt-device"
        department={null}
        run={() => setOpen(true)}
        testId="change-device-button"
        blocked={fixed ? t("device.in-site-file") : null}
      >
        {t("adopt.change")}
      </ActionButton>
      {open && <ChangeDialog device={device} detail={detail} close={() => setOpen(false)} done={done} />}
    </>
  );
}
