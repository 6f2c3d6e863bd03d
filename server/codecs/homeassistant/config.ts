/** Reading one entity's config: hostile words in, bounded texts, numbers and templates out, and a line for all that could not be read. */
import { compileTemplate } from "./template.ts";
import type { Template } from "./template.ts";

/** A topic where something is told, and what is done to the payload. */
export interface Source {
  readonly topic: string;
  readonly template: Template | null;
}

/** Where a wish is sent, and how it is written. */
export interface Target {
  readonly topic: string;
  readonly template: Template | null;
}

export interface Config {
  readonly unread: string[];
  text(key: string, usual: string): string;
  optional(key: string): string | null;
  /** Numbers may come as texts (`"8"`). */
  number(key: string): number | null;
  list(key: string): readonly string[];
  has(key: string): boolean;
  flag(key: string): boolean;
  /** The words of a payload, in small letters: `false`, `False` and JSON's false are one. */
  word(key: string, usual: string): string;
  /** As it is to be sent. */
  payload(key: string, usual: string): string;
  /** Null where the config has no such topic, or one that is not listened to. `templates`: keys, the first that is there counts. */
  source(topic: string, ...templates: readonly string[]): Source | null;
  target(topic: string, template?: string): Target | null;
}

const MAX_TOPIC = 400;

/** Whether a topic of somebody else's config may be heard or spoken on: a single topic, none of ours, none of the broker's. */
export function isForeignTopic(topic: unknown): topic is string {
  return typeof topic === "string" && topic !== "" && topic.length <= MAX_TOPIC && !/[+#\0]/.test(topic) && !/^\/?(?:jieyue(?:\/|$)|\$)/.test(topic);
}

function scalar(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

export function readConfig(values: ReadonlyMap<string, unknown>): Config {
  const unread: string[] = [];
  const optional = (key: string): string | null => {
    const text = scalar(values.get(key))?.trim() ?? "";
    return text === "" || text.length > 200 ? null : text;
  };
  function topicOf(key: string): string | null {
    const topic = values.get(key);
    if (topic === undefined || topic === null || topic === "") return null;
    if (isForeignTopic(topic)) return topic;
    unread.push(`${key}: "${String(scalar(topic)).slice(0, 80)}" is no single topic that may be used here`);
    return null;
  }
  /** `undefined`: there is one, but it cannot be read. */
  function templateOf(keys: readonly string[]): Template | null | undefined {
    const key = keys.find((k) => typeof values.get(k) === "string" && values.get(k) !== "");
    if (key === undefined) return null;
    const compiled = compileTemplate(values.get(key) as string);
    if ("template" in compiled) return compiled.template;
    unread.push(`${key}: ${compiled.wrong} (${(values.get(key) as string).slice(0, 120)})`);
    return undefined;
  }
  function place(topicKey: string, templates: readonly string[]): Source | null {
    const topic = topicOf(topicKey);
    const template = topic === null ? undefined : templateOf(templates);
    return topic === null || template === undefined ? null : { topic, template };
  }
  return {
    unread,
    optional,
    text: (key, usual) => optional(key) ?? usual,
    number(key) {
      const value = values.get(key);
      const number = typeof value === "string" && value.trim() !== "" && value.length < 40 ? Number(value) : value;
      return typeof number === "number" && Number.isFinite(number) ? number : null;
    },
    list(key) {
      const value = values.get(key);
      return Array.isArray(value) ? value.slice(0, 100).filter((v): v is string => typeof v === "string" && v.length <= 200) : [];
    },
    has: (key) => values.get(key) !== undefined && values.get(key) !== null,
    flag: (key) => values.get(key) === true,
    word: (key, usual) => (scalar(values.get(key)) ?? usual).trim().toLowerCase().slice(0, 200),
    payload: (key, usual) => (scalar(values.get(key)) ?? usual).slice(0, 1_000),
    source: (topic, ...templates) => place(topic, templates),
    target: (topic, template) => place(topic, template === undefined ? [] : [template]),
  };
}
