/** Plan a silence: which part of the house, from when until when, and why. */
import { useState } from "preact/hooks";
import type { AlertDto } from "../../../server/contract/alerts.ts";
import { alarmOf } from "../../../server/core/alerts/group.ts";
import { post } from "../api.ts";
import { format, t, text, word } from "../i18n.ts";
import { can, me } from "../me.ts";
import { alarmName, departmentName, deviceName, floorName, spaceName, spaceOf } from "../names.ts";
import { notAllowed } from "../parts/action.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field, Form, field } from "../parts/form.tsx";
import { alerts, devices, deviceShape, now, policies, site, spaces } from "../store.ts";
import type { Parts, Plan, Reach, Where } from "./silence-parts.ts";
import { ANY, bodyOf, changed, partsAround, reachesOf } from "./silence-parts.ts";

/** Longer lists of devices are no list to choose from: the space is chosen first. */
const MOST_DEVICES = 500;
const USUAL_MS = 8 * 3_600_000;

function whereIs(id: string): Where | undefined {
  const space = spaceOf(id);
  return space === undefined ? undefined : { building: space.building, floor: space.floor, space: space.id };
}

const plan: Plan = {
  space: whereIs,
  device(id) {
    const device = devices.peek(id);
    return device === undefined ? undefined : (whereIs(device.space ?? "") ?? { building: device.building, floor: "", space: "" });
  },
};

/** Whose department's alerts a silence takes, as the server asks; null: anybody's. */
export function departmentOf({ device, space, department }: Parts): string | null {
  if (device !== "") return devices.peek(device)?.department ?? null;
  if (space !== "") return spaceOf(space)?.department ?? null;
  return department === "" ? null : department;
}

/** The part of the house in words. */
export function partWords(parts: Parts): string {
  const building = site.value?.buildings.find((b) => b.id === parts.building);
  return [
    parts.building !== "" && (building === undefined ? parts.building : text(building.name)),
    parts.floor !== "" && floorName(parts.floor),
    parts.space !== "" && spaceName(parts.space),
    parts.device !== "" && deviceName(parts.device),
    parts.department !== "" && departmentName(parts.department),
    parts.alarm !== "" && t("silence.of-alarm", { alarm: alarmName(parts.alarm) }),
    parts.severity !== "" && t("silence.of-severity", { severity: word("severity", parts.severity) }),
  ]
    .filter((said) => said !== false)
    .join(" · ");
}

const LABELS = {
  building: "silence.building",
  floor: "codes.floor",
  space: "table.space",
  device: "table.device",
  department: "table.department",
  alarm: "silence.alarm",
  severity: "table.severity",
} as const;
type Choice = readonly [id: string, name: string];

/** Of what is known now, and what is chosen already. */
function choicesOf(parts: Parts): Readonly<Record<keyof Parts, readonly Choice[]>> {
  void deviceShape.value;
  const fits = (s: { readonly building: string; readonly floor: string }) =>
    (parts.building === "" || s.building === parts.building) && (parts.floor === "" || s.floor === parts.floor);
  const buildings = site.value?.buildings ?? [];
  const floors = buildings.filter((b) => parts.building === "" || b.id === parts.building).flatMap((b) => b.floors);
  const rooms = spaces.value.filter(fits);
  const within = [...devices.all()].filter((d) => (parts.space === "" ? fits(plan.device(d.id)!) : d.space === parts.space));
  const standing = [...alerts.all()].filter((a) => a.kind !== "approval").map((a) => alarmOf(a.title));
  const alarms = new Set([...[...policies.all()].map((p) => `policy.${p.id}`), "command", ...standing, ...(parts.alarm === "" ? [] : [parts.alarm])]);
  return {
    building: buildings.map((b) => [b.id, text(b.name)]),
    floor: [...new Set(floors)].map((f) => [f, floorName(f)]),
    space: rooms.map((s) => [s.id, text(s.name)]),
    device: (within.length > MOST_DEVICES ? within.filter((d) => d.id === parts.device) : within).map((d) => [d.id, text(d.name)]),
    department: (site.value?.departments ?? []).map((d) => [d.id, text(d.name)]),
    alarm: [...alarms].map((a): Choice => [a, alarmName(a)]).sort((a, b) => a[1].localeCompare(b[1])),
    severity: (["high", "medium", "low"] as const).map((s): Choice => [s, word("severity", s)]),
  };
}

const localOf = (at: number) => format.value.dateTime(at).slice(0, 16).replace(" ", "T");

/** What the form begins with: around an alert, or for who may silence their own department only that department. */
function firstParts(about: AlertDto | undefined, reach: Reach | undefined): Parts {
  const own = !can("shelve");
  if (about !== undefined && reach !== undefined) return partsAround(about, reach, own, plan);
  return own ? { ...ANY, department: me.value?.departments[0] ?? "" } : ANY;
}

function PartField({
  part,
  parts,
  choices,
  onChange,
}: {
  readonly part: keyof Parts;
  readonly parts: Parts;
  readonly choices: readonly Choice[];
  readonly onChange: (change: Partial<Parts>) => void;
}) {
  return (
    <Field label={t(LABELS[part])}>
      <select name={part} value={parts[part]} onChange={(e) => onChange({ [part]: e.currentTarget.value })}>
        <option value="">{t("silence.any")}</option>
        {choices.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** `about`: an alert; those like it are silenced, so far around it as is chosen. */
export function SilenceDialog({ about, onClose }: { readonly about?: AlertDto; readonly onClose: (changed: boolean) => void }) {
  const reaches = about === undefined ? [] : reachesOf(about);
  const [reach, setReach] = useState<Reach | undefined>(reaches.find((r) => r === "space") ?? reaches[0]);
  const [parts, setParts] = useState(() => firstParts(about, reach));
  // From now, unless somebody says otherwise: the minute that is shown began a while ago.
  const [from, setFrom] = useState<string | null>(null);
  const [begin] = useState(() => now.peek());
  const choices = choicesOf(parts);
  const takeReach = (next: Reach) => {
    setReach(next);
    setParts(firstParts(about, next));
  };
  const send = (form: FormData) =>
    post("/silences", {
      ...bodyOf(parts),
      reason: field(form, "reason"),
      ...(from === null ? {} : { from: format.value.instant(from) }),
      until: format.value.instant(field(form, "until")),
    });
  const named = partWords(parts);
  const choose = (part: keyof Parts) => (
    <PartField
      part={part}
      parts={parts}
      choices={choices[part]}
      onChange={(change) => {
        setReach(undefined);
        setParts(changed(parts, change, plan));
      }}
    />
  );
  return (
    <Dialog title={t(about === undefined ? "silence.add" : "silence.alike")} onClose={() => onClose(false)} testId="silence-dialog">
      <Form
        send={send}
        button={t("silence.plan")}
        done={t("silence.added")}
        onDone={() => onClose(true)}
        disabled={named === "" ? t("silence.too-wide") : notAllowed("shelve", departmentOf(parts))}
        testId="silence-form"
      >
        <p class="muted">{t("silence.explained")}</p>
        {reaches.length > 1 && (
          <div class="segments reach" role="group" aria-label={t("silence.reach")}>
            {reaches.map((r) => (
              <button key={r} type="button" aria-pressed={reach === r} onClick={() => takeReach(r)} data-testid={`reach-${r}`}>
                {t(`silence.reach.${r}`)}
              </button>
            ))}
          </div>
        )}
        <div class="field-row">
          {choose("building")}
          {choose("floor")}
          {choose("space")}
          {choose("device")}
          {choose("department")}
          {choose("severity")}
        </div>
        {choose("alarm")}
        <p class="silence-takes" aria-live="polite" data-testid="silence-takes">
          {named !== "" && t("silence.takes", { part: named })}
        </p>
        <div class="field-row wide">
          <Field label={t("approvals.from")}>
            <input name="from" type="datetime-local" defaultValue={localOf(begin)} onInput={(e) => setFrom(e.currentTarget.value)} required />
          </Field>
          <Field label={t("approvals.until")}>
            <input name="until" type="datetime-local" defaultValue={localOf(begin + USUAL_MS)} required />
          </Field>
        </div>
        <Field label={t("alerting.note")}>
          <textarea name="reason" rows={2} required minLength={2} maxLength={500} />
        </Field>
      </Form>
    </Dialog>
  );
}
