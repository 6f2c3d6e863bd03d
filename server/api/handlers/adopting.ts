/** What was discovered, what it probably is, and taking it into the house: one by one, many at once, or out of sight. */
import type { BulkAdoptDto } from "../../contract/adopting.ts";
import { presentMessage, presentSource, presentSuggestion } from "../../contract/adopting.ts";
import { deviceDto } from "../../contract/present/devices.ts";
import { adoptRefused, isAdoptedAs } from "../../core/adopt.ts";
import { refusal } from "../../errors.ts";
import { pageOf } from "../lists.ts";
import type { Handlers } from "../route.ts";
import { deviceOf } from "./house.ts";
import { asOf, carryOut } from "./requests.ts";

/** Devices that are adopted within one turn. */
const AT_ONCE = 50;

type Item = BulkAdoptDto["items"][number];

export const adoptingHandlers: Handlers<"discovered" | "adoptMany" | "ignore" | "release" | "messages"> = {
  discovered: {
    run({ office, eyes, query }) {
      const { house } = office;
      const found = [...house.devices.values()].filter(({ device: d }) => !d.adopted && (query.ignored === "1" || d.ignored !== true));
      const page = pageOf(found, (s) => [0, s.device.id], query.cursor, query.limit);
      const items = page.items.flatMap((state) => {
        const suggestion = office.suggestion(state.device.id);
        if (suggestion === null) return [];
        return [{ device: deviceDto(eyes, house, state), source: presentSource(office.source(state.device.id)), suggestion: presentSuggestion(suggestion) }];
      });
      return { items, next: page.next };
    },
  },
  adoptMany: {
    async run({ office, actor, body }) {
      const { house } = office;
      // Of a device that is named twice the last word counts.
      const asked = [...new Map(body.devices.map((d) => [d.id, asOf(d)]))];
      const looked = asked.map(([id, as]) => ({ id, as, refused: adoptRefused(house, id, as) }));
      const held = body.only === "all" && looked.some((l) => l.refused !== null);
      const one = async ({ id, as, refused }: (typeof looked)[number]): Promise<Item> => {
        if (refused !== null) return { id, outcome: "refused", problem: refusal(refused.code, refused.detail).document() };
        if (held) return { id, outcome: "held", problem: null };
        if (isAdoptedAs(house, id, as)) return { id, outcome: "unchanged", problem: null };
        const answer = await office.request(actor.id, { kind: "adopt", device: id, as });
        if (answer.ok) return { id, outcome: "adopted", problem: null };
        return { id, outcome: "refused", problem: refusal(answer.refusal.code, answer.refusal.detail).document() };
      };
      const items: Item[] = [];
      for (let at = 0; at < looked.length; at += AT_ONCE) items.push(...(await Promise.all(looked.slice(at, at + AT_ONCE).map(one))));
      return { adopted: items.filter((i) => i.outcome === "adopted").length, items };
    },
  },
  ignore: {
    async run({ office, actor, eyes, id, body }) {
      const { device } = deviceOf(office.house, id);
      if ((device.ignored === true) !== body.ignored) await carryOut(office, actor, { kind: "ignore", device: id, ignored: body.ignored });
      return deviceDto(eyes, office.house, deviceOf(office.house, id));
    },
  },
  release: {
    async run({ office, actor, eyes, id }) {
      deviceOf(office.house, id);
      await carryOut(office, actor, { kind: "release", device: id });
      return deviceDto(eyes, office.house, deviceOf(office.house, id));
    },
  },
  messages: {
    run({ office, eyes, id }) {
      const { device } = deviceOf(office.house, id);
      return { items: office.messages(device.id).map((m) => presentMessage(eyes, m, device.department)), next: null };
    },
  },
};
