/** What a channel carries: a notice in words, for one person (or a group) in their language. */
import type { NoticeKind } from "../core/alerts/notice.ts";
import type { Severity } from "../core/policy.ts";
import type { Lang } from "./words/languages.ts";

/** One alert in a message. */
export interface MessageAlert {
  readonly id: string;
  readonly severity: Severity;
  /** What is the matter, one sentence. */
  readonly title: string;
  /** Where: space and device; empty where it has no place. */
  readonly where: string;
  /** When it was raised, in the site's zone. */
  readonly at: string;
  /** Opens this alert on a phone and acknowledges it without signing in; null for groups and where no public address is set. */
  readonly link: string | null;
}

export interface Message {
  /** The notice's id: a channel that can, uses it so that the same message twice is shown once. */
  readonly id: string;
  readonly how: NoticeKind;
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly email: string | null;
    readonly phone: string | null;
    readonly ntfy: string | null;
  } | null;
  readonly language: Lang;
  readonly severity: Severity;
  /** One line, at most 120 characters. */
  readonly subject: string;
  /** Plain text, a line per alert, at most 20 alerts; the rest is counted in the last line. */
  readonly text: string;
  /** The office's instant voice message: one or two sentences to be spoken. */
  readonly spoken: string;
  readonly alerts: readonly MessageAlert[];
  /** How many alerts there are, of which `alerts` names some. */
  readonly count: number;
  /** The console with just these alerts. */
  readonly link: string;
}
