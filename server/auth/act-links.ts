/** Links in messages that acknowledge one alert: signed, good for a day, to be used once. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Millis } from "../core/reading.ts";
import type { Department, Person } from "../core/space.ts";
import { problem } from "../errors.ts";
import type { ActLinks, ActScope } from "../ports/act-links.ts";
import type { Subscriptions } from "../ports/push.ts";
import { actorFor } from "./actor.ts";

const LIFE_MS = 24 * 3_600_000;
/** Apart from whatever else is ever signed with this key. */
const PURPOSE = "jieyue act link 1";
const TOKEN = /^([\w-]{1,800})\.([\w-]{43})$/;

export interface ActLinksOptions {
  readonly secret: string;
  readonly used: Pick<Subscriptions, "useLink" | "linkUsed">;
  readonly people: () => readonly Person[];
  readonly departments: () => readonly Department[];
  /** Real time: a link's day is a day, however fast the house's clock goes. */
  readonly now: () => Millis;
}

type Payload = readonly [alert: string, person: string, notice: string, expires: Millis];

export function createActLinks({ secret, used, people, departments, now }: ActLinksOptions): ActLinks {
  const sign = (payload: string) => createHmac("sha256", secret).update(`${PURPOSE}\n${payload}`).digest();
  /** One use whatever the end: a notice that is tried again carries a fresh token of the same link. */
  const idOf = ({ alert, person, notice }: ActScope) =>
    createHash("sha256")
      .update(JSON.stringify([alert, person, notice]))
      .digest("hex");
  // Nothing tells a forged token from one of a person who has left.
  const invalid = () => problem("link-invalid", "This link leads nowhere. Open the console, or ask for a new message.");

  return {
    token({ alert, person, notice }) {
      const payload = Buffer.from(JSON.stringify([alert, person, notice, now() + LIFE_MS] satisfies Payload)).toString("base64url");
      return `${payload}.${sign(payload).toString("base64url")}`;
    },
    open(token) {
      const [, payload, mac] = TOKEN.exec(token) ?? [];
      if (payload === undefined || mac === undefined) throw invalid();
      const [given, right] = [Buffer.from(mac, "base64url"), sign(payload)];
      if (given.length !== right.length || !timingSafeEqual(given, right)) throw invalid();
      // Signed by us: its form needs no second look.
      const [alert, person, notice, expires] = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Payload;
      const who = people().find((p) => p.id === person);
      if (who === undefined) throw invalid();
      if (expires <= now()) throw problem("link-expired", "This link was good for 24 hours. Open the console instead.");
      const id = idOf({ alert, person, notice });
      return {
        alert,
        person,
        notice,
        expires,
        actor: actorFor(who, departments()),
        used: () => used.linkUsed(id),
        use: () => used.useLink(id, now(), expires),
      };
    },
  };
}
