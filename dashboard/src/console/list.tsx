/** The lines of the console as a grid that the keyboard walks: the focus stays on the grid, which names its active line. */
import type { RefObject } from "preact";
import { useEffect, useImperativeHandle, useRef } from "preact/hooks";
import { t } from "../i18n.ts";
import { Icon } from "../parts/icon.tsx";
import { useHeldScroll } from "./held-scroll.ts";
import type { LineActions } from "./line.tsx";
import { ConsoleLine } from "./line.tsx";
import type { Line } from "./rows.ts";
import type { Selection } from "./selection.ts";
import { chosenOf } from "./selection.ts";

export interface ListHandle {
  focus(): void;
  reveal(index: number): void;
  /** Lines in sight. */
  page(): number;
  /** Whether somebody was at it in the last moments. */
  attended(): boolean;
}

const ATTENDED_MS = 2500;
const FRESH_MS = 3000;

export function ConsoleList(props: {
  readonly lines: readonly Line[];
  readonly stamp: string;
  readonly rowHeight: number;
  readonly active: string | null;
  readonly shown: string | null;
  readonly selection: Selection;
  readonly open: ReadonlySet<string>;
  /** When each new row came, performance.now() ms. */
  readonly fresh: Map<string, number>;
  readonly actions: LineActions & { readonly activate: (line: Line) => void; readonly chooseAll: () => void };
  readonly handle: RefObject<ListHandle | null>;
}) {
  const { lines, rowHeight, active, selection, open, fresh, actions } = props;
  const pointer = useRef<string | null>(null);
  const touched = useRef(-ATTENDED_MS);
  const attended = () => performance.now() - touched.current < ATTENDED_MS;
  // What is under the pointer, else the line that the keyboard is on, else what is chosen.
  const scroll = useHeldScroll(lines, rowHeight, props.stamp, (inSight, box) => {
    if (pointer.current !== null) return pointer.current;
    if (active !== null && document.activeElement === box && inSight.some((l) => l.key === active)) return active;
    return selection.size === 0 ? null : (inSight.find((l) => chosenOf(l, selection) !== "none")?.key ?? null);
  });
  const { seen } = scroll;
  useImperativeHandle(props.handle, () => ({
    focus: () => scroll.box.current?.focus({ preventScroll: true }),
    reveal: scroll.reveal,
    page: () => Math.max(1, Math.floor(scroll.height / rowHeight) - 1),
    attended,
  }));
  useEffect(() => {
    for (const line of lines.slice(scroll.firstShown, scroll.seen.end)) {
      const came = fresh.get(line.key);
      if (came !== undefined && performance.now() - came > FRESH_MS) fresh.delete(line.key);
    }
  });
  const activeAt = active === null ? -1 : lines.findIndex((l) => l.key === active);
  const rendered = lines.slice(seen.first, seen.end).map((line, i) => ({ line, index: seen.first + i }));
  // The active line is named to screen readers, so it is there even when it is out of sight.
  if (activeAt >= 0 && (activeAt < seen.first || activeAt >= seen.end)) rendered.push({ line: lines[activeAt]!, index: activeAt });
  let above = 0;
  if (fresh.size > 0) for (let i = 0; i < Math.min(scroll.firstShown, lines.length); i++) if (fresh.has(lines[i]!.key)) above++;
  const keyUnder = (target: EventTarget | null) => (target instanceof Element ? (target.closest<HTMLElement>("[data-key]")?.dataset["key"] ?? null) : null);
  const allChosen = lines.length > 0 && selection.size > 0 && lines.every((l) => l.depth === 1 || chosenOf(l, selection) === "all");
  return (
    <div class="console-grid" role="presentation">
      <div class="console-heads" aria-hidden="true">
        <div class="console-check">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={allChosen}
            indeterminate={selection.size > 0 && !allChosen}
            onClick={actions.chooseAll}
            title={t("console.choose-all")}
          />
        </div>
        <span />
        <span>{t("table.what")}</span>
        <span class="console-where">{t("console.where")}</span>
        <span>{t("console.answers")}</span>
        <span>{t("table.state")}</span>
        <span />
      </div>
      <div
        ref={scroll.box}
        class="console-lines"
        role="treegrid"
        tabIndex={0}
        aria-label={t("nav.alerts")}
        aria-multiselectable="true"
        aria-rowcount={lines.length + 1}
        aria-colcount={7}
        aria-activedescendant={activeAt < 0 ? undefined : `line-${active}`}
        aria-describedby="console-keys-hint"
        data-testid="console"
        onScroll={scroll.onScroll}
        onPointerMove={(event) => {
          touched.current = performance.now();
          pointer.current = event.pointerType === "mouse" ? keyUnder(event.target) : null;
        }}
        onPointerLeave={() => (pointer.current = null)}
        onKeyDown={() => (touched.current = performance.now())}
        onClick={(event) => {
          touched.current = performance.now();
          const key = keyUnder(event.target);
          const line = key === null ? undefined : lines.find((l) => l.key === key);
          if (line === undefined) return;
          actions.activate(line);
          const inside = event.target instanceof Element && event.target.closest("button, a, label") !== null;
          if (!inside) actions.open(line);
        }}
      >
        <div class="console-all" role="presentation" style={{ height: `${scroll.total}px` }}>
          {rendered.map(({ line, index }) => (
            <ConsoleLine
              key={line.key}
              line={line}
              index={index}
              height={rowHeight}
              active={line.key === active}
              shown={
                props.shown !== null &&
                (line.alert?.id === props.shown || (line.alert === null && !open.has(line.key) && line.row.alerts.some((a) => a.id === props.shown)))
              }
              chosen={chosenOf(line, selection)}
              open={open.has(line.key)}
              fresh={performance.now() - (fresh.get(line.key) ?? -FRESH_MS) < FRESH_MS}
              actions={actions}
            />
          ))}
        </div>
      </div>
      {above > 0 && (
        <button type="button" class="console-new" onClick={scroll.toTop} data-testid="new-above">
          <Icon name="up" size={16} />
          {t("console.new-above", { n: above })}
        </button>
      )}
    </div>
  );
}
