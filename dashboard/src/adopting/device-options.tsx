/** What a device may be and where it may stand, as the options of a choice. */
import { DEVICE_KINDS } from "../../../server/core/device.ts";
import { t, word } from "../i18n.ts";
import { spaceName } from "../names.ts";
import { spaces } from "../store.ts";

export function KindOptions({ chosen }: { readonly chosen: string | null }) {
  return (
    <>
      {DEVICE_KINDS.map((k) => (
        <option key={k} value={k} selected={k === chosen}>
          {word("kind", k)}
        </option>
      ))}
    </>
  );
}

/** The spaces of a building, and none. */
export function SpaceOptions({ building, chosen }: { readonly building: string; readonly chosen: string | null }) {
  return (
    <>
      <option value="">{t("common.no-space")}</option>
      {spaces.value
        .filter((s) => s.building === building)
        .map((s) => (
          <option key={s.id} value={s.id} selected={s.id === chosen}>
            {spaceName(s.id)}
          </option>
        ))}
    </>
  );
}
