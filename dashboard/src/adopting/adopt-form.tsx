/** Gives a discovered device its kind, its place and its name. */
import type { SuggestionDto } from "../../../server/contract/adopting.ts";
import type { DeviceDto } from "../../../server/contract/devices.ts";
import { deviceApi, post } from "../api.ts";
import { t, text } from "../i18n.ts";
import { notAllowed } from "../parts/action.tsx";
import { Field, Form, field } from "../parts/form.tsx";
import { KindOptions, SpaceOptions } from "./device-options.tsx";

export function AdoptForm({ device, suggestion }: { readonly device: DeviceDto; readonly suggestion: SuggestionDto | null }) {
  const kind = suggestion === null ? device.kind : (suggestion.kind?.value ?? null);
  const suggested = suggestion?.space?.value ?? device.space;
  const send = (form: FormData) => {
    const name = field(form, "name");
    const space = field(form, "space");
    const interval = suggestion?.interval?.value;
    return post(deviceApi(device.id, "/adopt"), {
      kind: field(form, "kind"),
      space: space === "" ? null : space,
      ...(name === "" ? {} : { name }),
      ...(interval === undefined ? {} : { interval }),
    });
  };
  return (
    <Form send={send} button={t("devices.adopt")} done={t("devices.adopted")} disabled={notAllowed("adopt-device", null)} testId="adopt-form">
      <div class="field-row">
        <Field label={t("table.kind")}>
          <select name="kind" required>
            <option value="" disabled selected={kind === null}>
              {t("common.choose")}
            </option>
            <KindOptions chosen={kind} />
          </select>
        </Field>
        <Field label={t("table.space")}>
          <select name="space">
            <SpaceOptions building={device.building} chosen={suggested} />
          </select>
        </Field>
        <Field label={t("table.name")}>
          <input name="name" maxLength={100} placeholder={text(device.name)} />
        </Field>
      </div>
    </Form>
  );
}
