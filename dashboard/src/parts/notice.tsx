/** What the page says back to a person: a line that goes by itself, and a problem beside its form. */
import { signal } from "@preact/signals";
import type { IcsTroubleDto } from "../../../server/contract/calendar.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import { dropMessage, messages, placeOfLink } from "../messages.ts";
import { SeverityMark } from "./marks.tsx";
import { lookup, t } from "../i18n.ts";
import { fill } from "../../../server/contract/words/template.ts";

interface Notice {
  readonly id: number;
  readonly tone: "done" | "problem";
  readonly text: string;
}

const SHOWN_MS = 6000;
const notices = signal<readonly Notice[]>([]);
let count = 0;

function show(tone: Notice["tone"], text: string): void {
  const notice = { id: ++count, tone, text };
  notices.value = [...notices.value, notice].slice(-3);
  setTimeout(() => (notices.value = notices.value.filter((n) => n !== notice)), SHOWN_MS);
}

/** What is wrong with another calendar, in the page's language. */
export function icsText({ code, about, why }: IcsTroubleDto): string {
  const known = lookup(`ics.${code}`);
  return known === undefined ? why : fill(known, { about });
}

/** A problem in the page's language; what only the server knows stands behind it. */
export function problemText(problem: ProblemDto): string {
  const known = lookup(`problem.${problem.code}`);
  if (known === undefined) return problem.detail;
  if (problem.trouble !== undefined) return t("problem.with-detail", { known, detail: icsText(problem.trouble) });
  return ["param-out-of-range", "unreachable", "not-signed-in", "wrong-credentials", "own-request", "no-meeting-room"].includes(problem.code)
    ? known
    : t("problem.with-detail", { known, detail: problem.detail });
}

export function tellDone(text: string): void {
  show("done", text);
}

export function tellProblem(problem: ProblemDto): void {
  show("problem", problemText(problem));
}

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {messages.value.map((m) => (
        <p key={m.id} class={`notice message ${m.severity}`} data-testid="message">
          <SeverityMark severity={m.severity} />
          <a href={placeOfLink(m.link, location.origin)} onClick={() => dropMessage(m.id)}>
            {m.subject}
          </a>
          <button type="button" class="quiet small" onClick={() => dropMessage(m.id)}>
            {t("common.close")}
          </button>
        </p>
      ))}
      {notices.value.map((n) => (
        <p key={n.id} class={`notice ${n.tone}`} data-testid="notice">
          {n.text}
          <button type="button" class="quiet small" onClick={() => (notices.value = notices.value.filter((o) => o !== n))}>
            {t("common.close")}
          </button>
        </p>
      ))}
    </div>
  );
}

export function Problem({ problem }: { readonly problem: ProblemDto | null }) {
  return problem === null ? null : (
    <p class="problem" role="alert">
      {problemText(problem)}
    </p>
  );
}
