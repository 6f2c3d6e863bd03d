/** What speaks to the house without being known to it: many adopted at once, each as it is suggested or as somebody says. */
import { useMemo, useState } from "preact/hooks";
import type { BulkAdoptDto, DiscoveredDto } from "../../../server/contract/adopting.ts";
import type { DeviceDto } from "../../../server/contract/devices.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { DeviceKind } from "../../../server/core/device.ts";
import { DEVICE_KINDS } from "../../../server/core/device.ts";
import type { List } from "../api.ts";
import { deviceApi, post } from "../api.ts";
import { useFetched } from "../fetched.ts";
import { t, text, word } from "../i18n.ts";
import { spaceName } from "../names.ts";
import { ActionButton } from "../parts/action.tsx";
import { SearchFilter, SelectFilter } from "../parts/filters.tsx";
import { Empty } from "../parts/marks.tsx";
import { Problem, tellDone, tellProblem } from "../parts/notice.tsx";
import { query, setQuery } from "../router.ts";
import { deviceShape, devices, spaces } from "../store.ts";
import type { Draft } from "./draft.ts";
import { chosenAfter, draftOf, requestOf } from "./draft.ts";
import { Stranger } from "./stranger.tsx";
import { codecName } from "./words.ts";
import "../style/adopting.css";

const MOST = 1000;
const SHOWN = 50;

function matches({ device, source }: DiscoveredDto, words: string): boolean {
  const said = [device.id, text(device.name), codecName(device.codec), device.topic, source?.maker, source?.model, source?.area].join(" ").toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((w) => said.includes(w));
}

/** Whether its suggestion leaves open what is asked for; `nothing`: it leaves nothing open. */
function lacks({ suggestion: { kind, space } }: DiscoveredDto, what: string | null): boolean {
  if (what === "kind") return kind === null;
  if (what === "space") return space === null;
  return what === "nothing" ? kind !== null && space !== null : true;
}

/** One thing that is said of all that are chosen. */
function ForAll({
  label,
  options,
  set,
  testId,
}: {
  readonly label: string;
  readonly options: readonly (readonly [string, string])[];
  readonly set: (value: string) => void;
  readonly testId: string;
}) {
  return (
    <select aria-label={label} value="" onChange={(e) => e.currentTarget.value !== "" && set(e.currentTarget.value)} data-testid={testId}>
      <option value="">{label}</option>
      {options.map(([value, shown]) => (
        <option key={value} value={value}>
          {shown}
        </option>
      ))}
    </select>
  );
}

export function Discovered() {
  void deviceShape.value;
  const ignored = query.value.get("ignored") === "1";
  // Whoever comes, goes or is put out of sight changes the list.
  const strangers = [...devices.peekAll()].filter((d) => d.status === "discovered").map((d) => `${d.id}${d.ignored === true ? "-" : ""}`);
  const { data, problem, reload } = useFetched<List<DiscoveredDto>>(
    `/devices/discovered?limit=${MOST}${ignored ? "&ignored=1" : ""}`,
    strangers.join(" "),
    15_000,
  );
  const [changed, setChanged] = useState<ReadonlyMap<string, Partial<Draft>>>(new Map());
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<string | null>(null);
  const [problems, setProblems] = useState<ReadonlyMap<string, ProblemDto>>(new Map());
  const [most, setMost] = useState(SHOWN);
  const words = query.value.get("q") ?? "";
  const source = query.value.get("source");
  const lack = query.value.get("lack");
  const sources = [...new Set((data?.items ?? []).map((f) => f.device.codec))].toSorted();
  const found = useMemo(
    () => (data?.items ?? []).filter((d) => matches(d, words) && (source === null || d.device.codec === source) && lacks(d, lack)),
    [data, words, source, lack],
  );
  const ids = found.map((f) => f.device.id);
  const draft = (f: DiscoveredDto) => draftOf(f, changed.get(f.device.id));
  const asked = found.filter((f) => chosen.has(f.device.id));
  const ready = asked.filter((f) => draft(f).kind !== "");

  /** A room is only given to those of its building. */
  const changeAll = (part: Partial<Draft>) => {
    const within = asked.filter((f) => part.space === undefined || part.space.startsWith(`${f.device.building}/`));
    setChanged(new Map([...changed, ...within.map((f) => [f.device.id, { ...changed.get(f.device.id), ...part }] as const)]));
  };
  const adopt = async (which: readonly DiscoveredDto[]) => {
    const requests = which.flatMap((f) => requestOf(f.device.id, draft(f)) ?? []);
    if (requests.length === 0) return;
    const answer = await post<BulkAdoptDto>("/devices/adopt", { devices: requests });
    if (!answer.ok) return tellProblem(answer.problem);
    const refused = new Map(answer.data.items.flatMap((i) => (i.problem === null ? [] : [[i.id, i.problem] as const])));
    setProblems(refused);
    setChosen(new Set([...chosen].filter((id) => refused.has(id) || !which.some((f) => f.device.id === id))));
    const done = answer.data.items.length - refused.size;
    if (done > 0) tellDone(t("adopt.done", { n: done }));
    reload();
  };
  const ignore = async (id: string, out: boolean) => {
    const answer = await post<DeviceDto>(deviceApi(id, "/ignore"), { ignored: out });
    if (!answer.ok) return tellProblem(answer.problem);
    setChosen(chosenAfter(ids, chosen, { id, last: null, chosen: false, range: false }));
    tellDone(t(out ? "adopt.ignored" : "adopt.seen-again"));
    reload();
  };
  /** Arrow keys go from box to box. */
  const walk = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const boxes = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[data-testid="stranger-choose"]')];
    const at = boxes.indexOf(event.target as HTMLElement);
    const next = at < 0 ? undefined : boxes[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <>
      <p class="lead">{t("devices.discovered-explained")}</p>
      <div class="filters">
        <SearchFilter label={t("common.search")} hint={t("adopt.search")} />
        <SelectFilter name="source" label={t("source.codec")} options={sources.map((s) => [s, codecName(s)] as const)} />
        <SelectFilter
          name="lack"
          label={t("adopt.lacking")}
          options={[
            ["nothing", t("adopt.lacks-nothing")],
            ["kind", t("adopt.lacks-kind")],
            ["space", t("adopt.lacks-space")],
          ]}
        />
        <label class="check">
          <input type="checkbox" checked={ignored} onChange={(e) => setQuery({ ignored: e.currentTarget.checked ? "1" : null })} data-testid="show-ignored" />
          {t("adopt.show-ignored")}
        </label>
      </div>
      <Problem problem={problem} />
      {found.length > 0 && (
        <div class="adopt-bar" role="toolbar" aria-label={t("adopt.many")}>
          <label class="check">
            <input
              type="checkbox"
              checked={asked.length === found.length}
              ref={(box) => {
                if (box !== null) box.indeterminate = asked.length > 0 && asked.length < found.length;
              }}
              onChange={(e) => setChosen(new Set(e.currentTarget.checked ? ids : []))}
              data-testid="choose-all"
            />
            {t("adopt.all", { n: found.length })}
          </label>
          {asked.length > 0 && (
            <>
              <ForAll
                label={t("adopt.space-for-all")}
                options={spaces.value.map((s) => [s.id, spaceName(s.id)] as const)}
                set={(space) => changeAll({ space })}
                testId="space-for-all"
              />
              <ForAll
                label={t("adopt.kind-for-all")}
                options={DEVICE_KINDS.map((k) => [k, word("kind", k)] as const)}
                set={(kind) => changeAll({ kind: kind as DeviceKind })}
                testId="kind-for-all"
              />
            </>
          )}
          <span class="muted" role="status">
            {asked.length > ready.length && t("adopt.open-kind", { n: asked.length - ready.length })}
          </span>
          <ActionButton
            action="adopt-device"
            department={null}
            run={() => adopt(ready)}
            tone="primary"
            testId="adopt-many"
            blocked={ready.length === 0 ? t("adopt.choose-some") : null}
          >
            {ready.length === 0 ? t("devices.adopt") : t("adopt.adopt-n", { n: ready.length })}
          </ActionButton>
        </div>
      )}
      {data !== null && found.length === 0 && <Empty text={t(data.items.length === 0 ? "devices.none-discovered" : "adopt.none-so")} />}
      {data !== null && data.items.length === 0 && (
        <p class="muted">
          {t("adopt.how")} <a href="/devices?tab=mappings">{t("mapping.topics")}</a>
        </p>
      )}
      <div class="stranger-list" onKeyDown={walk}>
        {found.slice(0, most).map((f) => {
          const { id } = f.device;
          return (
            <Stranger
              key={id}
              found={f}
              draft={draft(f)}
              chosen={chosen.has(id)}
              problem={problems.get(id) ?? null}
              choose={(on, range) => {
                setChosen(chosenAfter(ids, chosen, { id, last, chosen: on, range }));
                setLast(id);
              }}
              change={(part) => setChanged(new Map(changed).set(id, { ...changed.get(id), ...part }))}
              adopt={() => adopt([f])}
              ignore={(out) => ignore(id, out)}
            />
          );
        })}
      </div>
      {found.length > most && (
        <p class="form-end">
          <button type="button" class="plain" onClick={() => setMost(most + SHOWN)}>
            {t("adopt.more", { n: found.length - most })}
          </button>
        </p>
      )}
    </>
  );
}
