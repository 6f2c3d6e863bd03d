/** The alerts of the page as the console's lines: kept up as they change, settled when nobody is at them. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { AlertDto } from "../../../server/contract/alerts.ts";
import { lang } from "../i18n.ts";
import { me } from "../me.ts";
import { alertSentence, departmentName, deviceName, personName, policyName, spaceName } from "../names.ts";
import { alerts, deviceShape } from "../store.ts";
import type { ConsoleFilter, ConsoleState } from "./filter.ts";
import { CONSOLE_STATES, inState, policyOf, shows, takes } from "./filter.ts";
import type { Line, View } from "./rows.ts";
import { createRows } from "./rows.ts";

const SETTLE_MS = 1000;

/** An alert's words, made once for as long as it and the language are the same. */
const words = new WeakMap<AlertDto, { readonly stamp: string; readonly text: string }>();

function textOf(a: AlertDto, stamp: string): string {
  const known = words.get(a);
  if (known?.stamp === stamp) return known.text;
  const policy = policyOf(a);
  const parts = [
    alertSentence(a.title, a.evidence),
    a.device === null ? "" : `${a.device} ${deviceName(a.device)}`,
    a.space === null ? "" : spaceName(a.space),
    departmentName(a.department),
    a.assignee === null ? "" : personName(a.assignee),
    policy === null ? "" : policyName(policy),
    ...a.log.map((l) => (l.by === null ? "" : (l.note ?? ""))),
  ];
  const text = parts.join(" ").toLowerCase();
  words.set(a, { stamp, text });
  return text;
}

export interface ConsoleData {
  readonly lines: readonly Line[];
  readonly counts: Readonly<Record<ConsoleState, number>>;
  /** Changes with the filter: another list. */
  readonly stamp: string;
  /** When rows came that were not there before, performance.now() ms. */
  readonly fresh: Map<string, number>;
  readonly alert: (id: string) => AlertDto | undefined;
}

function countsOf(all: Iterable<AlertDto>, mine: (a: AlertDto) => boolean): Readonly<Record<ConsoleState, number>> {
  const counts = Object.fromEntries(CONSOLE_STATES.map((s) => [s, 0])) as Record<ConsoleState, number>;
  for (const a of all) {
    if (a.state === "normal" || !mine(a)) continue;
    for (const s of CONSOLE_STATES) if (inState(a, s)) counts[s]++;
  }
  return counts;
}

/** `older`: ended ones that were asked for. `attended`: whether somebody is at the list, so that nothing may move. */
export function useConsole(filter: ConsoleFilter, open: ReadonlySet<string>, older: readonly AlertDto[], attended: () => boolean): ConsoleData {
  const rows = useMemo(createRows, []);
  const fresh = useRef(new Map<string, number>()).current;
  const [, settled] = useState(0);
  const version = alerts.version.value;
  const reader = me.value?.person?.id ?? null;
  const textStamp = filter.words.length === 0 ? "" : `${lang.value} ${deviceShape.value}`;
  const stamp = JSON.stringify({ ...filter, reader, textStamp });
  const mine = useMemo(() => takes(filter, reader, (a) => textOf(a, textStamp)), [stamp]);
  const view = useMemo<View>(() => ({ stamp, grouped: filter.grouped, sort: filter.sort, takes: (a) => shows(filter, a) && mine(a) }), [stamp]);
  const all = function* () {
    yield* alerts.peekAll();
    for (const a of older) if (alerts.peek(a.id) === undefined) yield a;
  };
  useMemo(() => {
    const came = rows.advance(all, view);
    if (came.changed && came.fresh.length === 0) return;
    for (const key of came.fresh) fresh.set(key, performance.now());
  }, [version, view, older]);
  useMemo(() => fresh.clear(), [stamp]);
  const counts = useMemo(() => countsOf(alerts.peekAll(), mine), [version, mine]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!rows.unsettled() || attended()) return;
      rows.settle();
      settled((n) => n + 1);
    }, SETTLE_MS);
    return () => clearInterval(timer);
  }, []);
  const byId = useMemo(() => new Map(older.map((a) => [a.id, a])), [older]);
  return { lines: rows.lines(open), counts, stamp, fresh, alert: (id) => alerts.peek(id) ?? byId.get(id) };
}
