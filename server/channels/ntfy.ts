/**
 * An ntfy server: the office's own, or another.
 *
 * By the server's document (docs.ntfy.sh/publish, "Publish as JSON"): POST to the server's root with `topic`, `title`, `message` (more than
 * 4,096 bytes would become a file), `priority` 1 to 5, `tags` (those with the name of an emoji are shown as one), `click`, and at most three
 * `actions`. As everything stands in JSON, nothing can end a header. `sequence_id` lets the same message twice be shown once (servers that
 * are older do not look at it). 429 says that there were too many, 507 that the server is full.
 */
import type { MakeChannel } from "./channel.ts";
import { NO_ADDRESS, peopleWith, shortName } from "./channel.ts";
import { judgeStatus } from "./exchange.ts";
import { summary } from "./summary.ts";
import { cut, inBytes, oneLine, webLink } from "./text.ts";
import { wordsOf } from "./words.ts";

const MESSAGE_BYTES = 4000;
const TITLE = 200;
/** Buttons that ntfy shows. */
const ACTIONS = 3;

const PRIORITIES = { low: 2, medium: 3, high: 5 } as const;
const TAGS = { low: "information_source", medium: "warning", high: "rotating_light" } as const;

export const createNtfy: MakeChannel<"ntfy"> = (id, settings, { exchange, people }) => {
  const shared = settings.topic ?? null;
  return {
    id,
    kind: "ntfy",
    personal: shared === null,
    perMinute: settings.perMinute,
    reaches: shared === null ? peopleWith(people, (person) => person.ntfy) : [],
    async send(message) {
      const topic = shared ?? message.person?.ntfy ?? null;
      if (topic === null) return NO_ADDRESS;
      const words = wordsOf(message);
      const all = webLink(message.link);
      const acts = message.alerts.flatMap(({ title, link }) => {
        const act = webLink(link);
        if (act === null) return [];
        return [{ action: "view", label: message.alerts.length === 1 ? words.act : cut(`${words.act}: ${oneLine(title)}`, 60), url: act, clear: true }];
      });
      const only = acts.length === 1 ? acts[0]!.url : all;
      const body = {
        topic,
        title: cut(oneLine(message.subject), TITLE),
        message: summary(message, MESSAGE_BYTES, inBytes),
        priority: PRIORITIES[message.severity],
        tags: [TAGS[message.severity]],
        sequence_id: shortName(message),
        ...(only === null ? {} : { click: only }),
        actions: [...acts, ...(all === null ? [] : [{ action: "view", label: words.all, url: all, clear: false }])].slice(0, ACTIONS),
      };
      const headers = { "content-type": "application/json", ...(settings.token === "" ? {} : { authorization: `Bearer ${settings.token}` }) };
      const answer = await exchange({ url: settings.url, headers, body: JSON.stringify(body), secrets: [settings.token] });
      return answer.kind === "none" ? answer.failed : (judgeStatus(answer) ?? { ok: true });
    },
  };
};
