/** One entity of a discovery config: what it may be called here, where it tells its values, how it is asked for others. */
import type { DeviceKind } from "../../core/device.ts";
import type { PointValue } from "../../core/reading.ts";
import type { Addressed, Outgoing } from "../codec.ts";
import type { Source, Target } from "./config.ts";

/** What a payload says after its template. */
export interface Told {
  readonly text: string;
  /** The text as JSON; undefined where it is none. */
  readonly json: unknown;
}

/** Values by the entity's own roles; nothing where the text says nothing. */
export type Values = Readonly<Record<string, unknown>>;

export interface Read {
  readonly source: Source;
  /** What follows from it; it may be more than this one topic tells (a mode says which of two setpoints counts). */
  take(told: Told): Values;
}

export interface Role {
  readonly role: string;
  /** The office's word; null where the entity's own name is all that it has. */
  readonly office: string | null;
  readonly unit: string | null;
  /** The unit in which its values arrive here, where that is another. */
  readonly ours?: string | undefined;
  readonly writable: boolean;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly values?: readonly PointValue[] | undefined;
  /** Seconds after which its yes is a no again: nothing ever says that. */
  readonly lapses?: number | undefined;
}

/** What a component makes of its config. */
export interface Component {
  readonly roles: readonly Role[];
  readonly reads: readonly Read[];
  /** Messages for a wish by roles, or why it cannot be asked so. Absent: nothing of it can be asked. */
  write?(set: Readonly<Record<string, PointValue>>, device: Addressed): readonly Outgoing[] | string;
  /** How much of the office's words it may claim against others of its device: what commands more claims more. */
  readonly claim: number;
  readonly kind?: DeviceKind | null;
  /** It is commanded, and nothing tells what became of it. */
  readonly openLoop: boolean;
}

export const NOTHING: Values = {};

/** What Home Assistant takes for "not known": no value, and no text either. */
export function unknown(text: string): boolean {
  return text === "" || /^(?:none|null|unknown|unavailable)$/i.test(text);
}

/** The message of a wish; its template is given `value`. A sentence where the template cannot be run. */
export function message(target: Target, value: PointValue, plain = String(value)): Outgoing | string {
  if (target.template === null) return { topic: target.topic, payload: plain };
  const rendered = target.template.render(new Map([["value", value]]));
  return "text" in rendered ? { topic: target.topic, payload: rendered.text } : `Its command template cannot be run: ${rendered.wrong}.`;
}

/** All of these messages, or the first sentence among them. */
export function messages(list: readonly (Outgoing | string)[]): readonly Outgoing[] | string {
  return list.find((m) => typeof m === "string") ?? (list as readonly Outgoing[]);
}
