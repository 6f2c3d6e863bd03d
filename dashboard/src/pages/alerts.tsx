/** The alert console: what waits for somebody, made to be worked at for a whole shift. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { AlertDto } from "../../../server/contract/alerts.ts";
import { acknowledgeAll } from "../console/act.ts";
import type { Asking } from "../console/act-dialog.tsx";
import { ActDialog } from "../console/act-dialog.tsx";
import { BellControls } from "../console/bell-controls.tsx";
import { BulkBar } from "../console/bulk-bar.tsx";
import { FilterBar } from "../console/filter-bar.tsx";
import { CLEARED, filterOf } from "../console/filter.ts";
import { KeysDialog } from "../console/keys-dialog.tsx";
import type { ConsoleCommand, Goal } from "../console/keys.ts";
import type { ListHandle } from "../console/list.tsx";
import { ConsoleList } from "../console/list.tsx";
import type { Line } from "../console/rows.ts";
import type { Selection } from "../console/selection.ts";
import { all, extended, idsOf, pruned, toggled } from "../console/selection.ts";
import { useConsole } from "../console/use-console.ts";
import { useKeys } from "../console/use-keys.ts";
import { t } from "../i18n.ts";
import { media, phone } from "../media.ts";
import { AlertPanel } from "../parts/alert-panel.tsx";
import { Icon } from "../parts/icon.tsx";
import { Empty } from "../parts/marks.tsx";
import { OlderButton, useOlder } from "../parts/older.tsx";
import { query, setQuery } from "../router.ts";

const NONE: Selection = new Set();
const NOTHING: readonly AlertDto[] = [];
const wide = media("(min-width: 1280px)");
const huge = media("(min-width: 1800px)");

/** px; every line has the same, so that a scroll's place is known without measuring. */
function rowHeight(): number {
  return phone.value ? 136 : huge.value ? 60 : 54;
}

function goTo(goal: Goal): void {
  const flip = (name: string, value: string) => setQuery({ [name]: query.peek().get(name) === value ? null : value });
  if (goal === "high") flip("severity", "high");
  else if (goal === "mine") flip("who", "mine");
  else if (goal === "grouped") flip("group", "off");
  else if (goal === "clear") setQuery({ ...CLEARED, sort: null, group: null });
  else setQuery({ state: goal === "open" ? null : goal });
}

export function Alerts() {
  const filter = filterOf(query.value);
  const shown = query.value.get("alert");
  const [open, setOpen] = useState<ReadonlySet<string>>(NONE);
  const [active, setActive] = useState<string | null>(null);
  const [chosen, setChosen] = useState(NONE);
  const [asking, setAsking] = useState<{ readonly asking: Asking; readonly ids: readonly string[] } | null>(null);
  const [keys, setKeys] = useState(false);
  const from = useRef<string | null>(null);
  const at = useRef(0);
  const list = useRef<ListHandle>(null);
  const older = useOlder<AlertDto>("/alerts?state=normal&limit=100");
  const { lines, counts, stamp, fresh, alert } = useConsole(
    filter,
    open,
    filter.state === "over" ? older.items : NOTHING,
    () => list.current?.attended() ?? false,
  );

  const found = active === null ? -1 : lines.findIndex((l) => l.key === active);
  // The line that one was on has left: the one that took its place is next.
  const index = active === null ? -1 : found >= 0 ? found : Math.min(at.current, lines.length - 1);
  const line = lines[index];
  at.current = index;
  const selection = pruned(chosen, (id) => alert(id) !== undefined);
  useEffect(() => setChosen(NONE), [stamp]);

  const move = (to: number) => {
    const next = lines[Math.max(0, Math.min(lines.length - 1, to))];
    if (next === undefined) return;
    setActive(next.key);
    list.current?.focus();
    list.current?.reveal(lines.indexOf(next));
    if (shown !== null && wide.peek()) setQuery({ alert: (next.alert ?? next.row.lead).id });
  };
  const show = (of: Line) => {
    setActive(of.key);
    setQuery({ alert: (of.alert ?? of.row.lead).id });
  };
  const choose = (of: Line, extend: boolean) => {
    setChosen(extend && from.current !== null ? extended(selection, lines, from.current, of.key) : toggled(selection, of));
    from.current = of.key;
    setActive(of.key);
  };
  const fold = (of: Line, want?: boolean) => {
    if (of.alert !== null) return;
    const next = new Set(open);
    if (want ?? !open.has(of.key)) next.add(of.key);
    else next.delete(of.key);
    setOpen(next);
  };
  /** What an action is for: the chosen ones, else the line one is on, else the alert that is shown. */
  const meant = (): readonly string[] => (selection.size > 0 ? [...selection] : line !== undefined ? idsOf(line) : shown !== null ? [shown] : []);
  const acknowledge = async (ids: readonly string[]) => {
    setChosen(NONE);
    await acknowledgeAll(ids);
  };
  const ask = (what: Asking) => {
    const ids = meant();
    if (ids.length > 0) setAsking({ asking: what, ids });
    return ids.length > 0;
  };
  const extendTo = (to: number) => {
    const next = lines[Math.max(0, Math.min(lines.length - 1, to))];
    if (next === undefined) return;
    const begin = from.current ?? line?.key ?? next.key;
    from.current = begin;
    setChosen(extended(selection, lines, begin, next.key));
    move(to);
  };

  useKeys((command: ConsoleCommand) => {
    switch (command.kind) {
      case "move":
        if (command.extend) extendTo(index + command.by);
        else {
          from.current = null;
          move(index < 0 ? 0 : index + command.by);
        }
        return true;
      case "page":
        move(index + command.by * (list.current?.page() ?? 10));
        return true;
      case "edge":
        move(command.to === "first" ? 0 : lines.length - 1);
        return true;
      case "go":
        goTo(command.to);
        return true;
      case "open":
        if (line !== undefined) show(line);
        return line !== undefined;
      case "select":
        if (line !== undefined) choose(line, false);
        return line !== undefined;
      case "select-all":
        setChosen(all(lines));
        return true;
      case "unfold":
        if (line?.alert === null) fold(line, true);
        return true;
      case "fold":
        if (line?.depth === 1) move(lines.findIndex((l) => l.key === line.row.key));
        else if (line !== undefined) fold(line, false);
        return true;
      case "ack":
        void acknowledge(meant());
        return true;
      case "shelve":
      case "comment":
      case "out-of-service":
        return ask(command.kind);
      case "search":
        document.querySelector<HTMLInputElement>(".console-filters input[type=search]")?.focus();
        return true;
      case "help":
        setKeys(true);
        return true;
      case "close":
        if (shown !== null) setQuery({ alert: null });
        else if (selection.size > 0) setChosen(NONE);
        else return false;
        return true;
    }
  });

  const docked = wide.value;
  return (
    <div class={`page console-page ${docked && shown !== null ? "with-panel" : ""}`}>
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.alerts")}</h1>
        <div class="console-tools">
          <BellControls />
          <button type="button" class="plain not-phone" onClick={() => setKeys(true)} data-testid="keys-button">
            <Icon name="keyboard" size={18} />
            <span>{t("console.keys")}</span>
            <kbd>?</kbd>
          </button>
        </div>
      </header>
      <FilterBar filter={filter} counts={counts} onEnter={() => move(Math.max(0, index))} />
      <p class="sr-only" id="console-keys-hint">
        {t("console.keys-hint")}
      </p>
      <div class="console-body">
        <div class="console-main">
          {lines.length === 0 ? (
            <Empty text={t(filter.state === "" || filter.state === "waiting" ? "alerts.none" : "common.nothing")} />
          ) : (
            <ConsoleList
              lines={lines}
              stamp={stamp}
              rowHeight={rowHeight()}
              active={line?.key ?? null}
              shown={shown}
              selection={selection}
              open={open}
              fresh={fresh}
              handle={list}
              actions={{
                open: show,
                choose,
                fold,
                acknowledge: acknowledgeAll,
                activate: (of) => setActive(of.key),
                chooseAll: () => setChosen(selection.size > 0 ? NONE : all(lines)),
              }}
            />
          )}
          {filter.state === "over" && <OlderButton older={older} />}
          {selection.size > 0 && (
            <BulkBar
              ids={[...selection]}
              onAck={() => void acknowledge([...selection])}
              onAsk={(what) => setAsking({ asking: what, ids: [...selection] })}
              onClear={() => setChosen(NONE)}
            />
          )}
        </div>
        {shown !== null && <AlertPanel id={shown} docked={docked} onClose={() => setQuery({ alert: null })} />}
      </div>
      {asking !== null && (
        <ActDialog
          {...asking}
          onDone={() => {
            setAsking(null);
            setChosen(NONE);
          }}
          onClose={() => setAsking(null)}
        />
      )}
      {keys && <KeysDialog onClose={() => setKeys(false)} />}
    </div>
  );
}
