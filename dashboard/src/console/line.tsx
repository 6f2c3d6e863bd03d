/** One line of the console: an alert, or all alerts of one cause. */
import type { AlertDto } from "../../../server/contract/alerts.ts";
import { format, t, word } from "../i18n.ts";
import { canOn } from "../me.ts";
import { isWaiting, selfMending } from "../needs.ts";
import { alertSentence, departmentName, deviceName, personName, spaceName } from "../names.ts";
import { ActionButton } from "../parts/action.tsx";
import { Icon } from "../parts/icon.tsx";
import { AlertState, SeverityMark } from "../parts/marks.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo } from "../router.ts";
import { findings, now } from "../store.ts";
import type { Line } from "./rows.ts";
import { idsOf } from "./selection.ts";

export interface LineActions {
  readonly open: (line: Line) => void;
  readonly choose: (line: Line, extend: boolean) => void;
  readonly fold: (line: Line) => void;
  readonly acknowledge: (ids: readonly string[]) => Promise<void>;
}

/** How long until a moment of the house's time; nothing once it has passed. */
export function Countdown({ at, text }: { readonly at: string; readonly text: (left: string) => string }) {
  const left = Date.parse(at) - now.value;
  return left <= 0 ? null : (
    <time dateTime={at} title={at} class="countdown">
      {text(format.value.duration(left))}
    </time>
  );
}

function whereOf(a: AlertDto): string {
  return [a.device === null ? null : deviceName(a.device), a.space === null ? null : spaceName(a.space)].filter((part) => part !== null).join(" · ");
}

function What({ line, open, actions }: { readonly line: Line; readonly open: boolean; readonly actions: LineActions }) {
  const { row } = line;
  const a = line.alert ?? row.lead;
  const group = line.alert === null;
  const mending = isWaiting(a) && selfMending(a.finding === null ? undefined : findings.peek(a.finding));
  return (
    <div role="gridcell" class="console-what">
      {group && (
        <button
          type="button"
          class="quiet fold"
          tabIndex={-1}
          aria-label={t(open ? "console.fold" : "console.unfold")}
          onClick={() => actions.fold(line)}
          data-testid="fold"
        >
          <Icon name="chevron" size={16} />
        </button>
      )}
      <div>
        <p class="console-title">
          {group && (
            <b class="console-count" data-testid="group-count" title={t("console.of-one-cause", { n: row.count })}>
              {row.count}
            </b>
          )}
          <button
            type="button"
            class="link"
            tabIndex={-1}
            onClick={() => actions.open(line)}
            data-testid="alert-open"
            title={alertSentence(a.title, a.evidence)}
          >
            {alertSentence(a.title, a.evidence)}
          </button>
        </p>
        <small>
          <span class="only-narrow">{group ? departmentName(a.department) : whereOf(a) || departmentName(a.department)}</span>
          {group && row.count > 1 && <span>{t("console.and-alike", { n: row.count - 1 })}</span>}
          {!group && a.occurrences > 1 && <span>{t("console.occurrences", { n: a.occurrences })}</span>}
          {a.chattering && <span class="attention-text">{t("console.chattering")}</span>}
          {mending && <span class="mending">{t("alerts.mending")}</span>}
          {a.kind === "approval" && a.state !== "normal" && (
            <a href="/approvals" tabIndex={-1}>
              {t("alerts.decide")}
            </a>
          )}
        </small>
      </div>
    </div>
  );
}

function Where({ line }: { readonly line: Line }) {
  const a = line.alert ?? line.row.lead;
  const many = line.alert === null && line.row.alerts.some((other) => other.space !== a.space);
  return (
    <div role="gridcell" class="console-where">
      <p>
        {line.alert !== null && a.device !== null ? (
          <a href={pathTo("devices", a.device)} tabIndex={-1} data-testid="device-link">
            {deviceName(a.device)}
          </a>
        ) : many ? (
          t("console.places", { n: new Set(line.row.alerts.map((other) => other.space)).size })
        ) : a.space === null ? (
          "—"
        ) : (
          spaceName(a.space)
        )}
      </p>
      <small>
        {[line.alert !== null && a.device !== null && a.space !== null ? spaceName(a.space) : null, departmentName(a.department)]
          .filter((s) => s !== null)
          .join(" · ")}
      </small>
    </div>
  );
}

function Answers({ line }: { readonly line: Line }) {
  const a = line.alert ?? line.row.lead;
  return (
    <div role="gridcell" class="console-answers">
      <p>{a.assignee === null ? "—" : personName(a.assignee)}</p>
      <small>
        {isWaiting(a) && a.climbsAt !== null && (
          <Countdown at={a.climbsAt} text={(left) => t(a.climbed < 0 ? "console.told-in" : "console.climbs-in", { left })} />
        )}
      </small>
    </div>
  );
}

export function ConsoleLine(props: {
  readonly line: Line;
  readonly index: number;
  readonly height: number;
  readonly active: boolean;
  readonly chosen: "all" | "some" | "none";
  readonly open: boolean;
  readonly fresh: boolean;
  readonly shown: boolean;
  readonly actions: LineActions;
}) {
  const { line, index, height, active, chosen, open, actions } = props;
  const { row } = line;
  const a = line.alert ?? row.lead;
  const leaving = line.alert === null ? row.count === 0 : row.gone.has(line.alert.id);
  const waits = !leaving && (line.alert === null ? row.waiting > 0 : isWaiting(line.alert));
  const mark = [
    line.depth === 1 && "child",
    active && "active",
    chosen === "all" && "chosen",
    waits && "waits",
    leaving && "leaving",
    props.fresh && "fresh",
    props.shown && "shown",
    `grade-${line.alert === null ? row.severity : a.severity}`,
  ];
  return (
    <div
      role="row"
      id={`line-${line.key}`}
      class={`console-line ${mark.filter((m) => m !== false).join(" ")}`}
      style={{ height: `${height}px`, transform: `translateY(${index * height}px)` }}
      aria-rowindex={index + 2}
      aria-level={line.depth + 1}
      aria-selected={chosen === "all"}
      aria-expanded={line.alert === null ? open : undefined}
      data-key={line.key}
      data-index={index}
      data-id={line.alert?.id}
      data-testid={line.alert === null ? "group-row" : "alert-row"}
    >
      <div role="gridcell" class="console-check">
        <label>
          <input
            type="checkbox"
            tabIndex={-1}
            checked={chosen === "all"}
            indeterminate={chosen === "some"}
            aria-label={t("console.choose")}
            onClick={(event) => actions.choose(line, event.shiftKey)}
            data-testid="choose"
          />
        </label>
      </div>
      <div role="gridcell" class="console-grade">
        <SeverityMark severity={line.alert === null ? row.severity : a.severity} />
      </div>
      <What line={line} open={open} actions={actions} />
      <Where line={line} />
      <Answers line={line} />
      <div role="gridcell" class="console-state">
        {line.alert === null && row.waiting > 0 && row.waiting < row.count ? (
          <span class="tag attention">{t("console.of-waiting", { n: row.waiting, all: row.count })}</span>
        ) : (
          <AlertState state={a.state} />
        )}
        <small>
          <Time at={a.raisedAt} />
          {a.state === "shelved" && a.shelvedUntil !== null && (
            <>
              {" → "}
              <Time at={a.shelvedUntil} />
            </>
          )}
        </small>
      </div>
      <div role="gridcell" class="console-do">
        {waits && (
          <ActionButton
            action="acknowledge"
            department={a.department}
            own={canOn("acknowledge", a)}
            run={() => actions.acknowledge(idsOf(line))}
            testId="ack-button"
            label={`${t("alerts.ack")}: ${word("severity", a.severity)} ${alertSentence(a.title, a.evidence)}`}
            unfocusable
          >
            {t("alerts.ack")}
          </ActionButton>
        )}
      </div>
    </div>
  );
}
