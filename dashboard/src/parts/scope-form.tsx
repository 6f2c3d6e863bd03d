/** Where a rule holds, and in which spaces it is tried first. */
import { useState } from "preact/hooks";
import type { PolicyDto } from "../../../server/contract/policies.ts";
import { SPACE_CLASSES } from "../../../server/core/space.ts";
import { ask } from "../api.ts";
import { t, text, word } from "../i18n.ts";
import { floorName, policyName } from "../names.ts";
import { policies, site, spaces } from "../store.ts";
import { Dialog } from "./dialog.tsx";
import { Form } from "./form.tsx";

function Choice({
  label,
  options,
  chosen,
  onChange,
}: {
  readonly label: string;
  readonly options: readonly (readonly [string, string])[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  if (options.length < 2) return null;
  return (
    <fieldset>
      <legend>{label}</legend>
      <div class="chips" role="group">
        {options.map(([id, name]) => (
          <button
            type="button"
            key={id}
            aria-pressed={chosen.includes(id)}
            onClick={() => onChange(chosen.includes(id) ? chosen.filter((c) => c !== id) : [...chosen, id])}
          >
            {name}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

const orNone = <T,>(list: readonly T[]) => (list.length === 0 ? {} : { list });

/** `canary` chooses the spaces in which the rule already acts; else the scope is chosen. */
export function ScopeDialog({ policy: p, canary, onClose }: { readonly policy: PolicyDto; readonly canary: boolean; readonly onClose: () => void }) {
  const [buildings, setBuildings] = useState<readonly string[]>(p.scope.buildings ?? []);
  const [floors, setFloors] = useState<readonly string[]>(p.scope.floors ?? []);
  const [classes, setClasses] = useState<readonly string[]>(p.scope.classes ?? []);
  const [rooms, setRooms] = useState<readonly string[]>(canary ? p.canary : (p.scope.spaces ?? []));
  const send = async () => {
    const part = (name: string, list: readonly string[]) => ("list" in orNone(list) ? { [name]: [...list] } : {});
    const scope = {
      ...part("buildings", buildings),
      ...part("floors", floors),
      ...part("classes", classes),
      ...part("spaces", rooms),
      ...part("kinds", p.scope.kinds ?? []),
      ...part("tags", p.scope.tags ?? []),
    };
    const answer = await ask<PolicyDto>(
      "PUT",
      `/policies/${encodeURIComponent(p.id)}`,
      canary ? { canary: [...rooms], ...(rooms.length === 0 ? {} : { mode: "canary" }) } : { scope },
    );
    if (answer.ok) policies.merge([answer.data]);
    return answer;
  };
  const allFloors = [...new Set(spaces.value.map((s) => s.floor))].sort();
  return (
    <Dialog title={`${policyName(p.id)} · ${t(canary ? "policies.canary" : "policies.scope")}`} onClose={onClose} side testId="scope-dialog">
      <Form send={send} button={t("common.save")} done={t("policies.saved", { policy: policyName(p.id) })} onDone={onClose} testId="scope-form">
        <p class="muted">{t(canary ? "policies.canary-explained" : "policies.scope-explained")}</p>
        {!canary && (
          <>
            <Choice
              label={t("policies.buildings")}
              options={(site.value?.buildings ?? []).map((b) => [b.id, text(b.name)] as const)}
              chosen={buildings}
              onChange={setBuildings}
            />
            <Choice label={t("codes.floor")} options={allFloors.map((f) => [f, floorName(f)] as const)} chosen={floors} onChange={setFloors} />
            <Choice label={t("policies.classes")} options={SPACE_CLASSES.map((c) => [c, word("class", c)] as const)} chosen={classes} onChange={setClasses} />
          </>
        )}
        <Choice label={t("nav.spaces")} options={spaces.value.map((s) => [s.id, text(s.name)] as const)} chosen={rooms} onChange={setRooms} />
      </Form>
    </Dialog>
  );
}
