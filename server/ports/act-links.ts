/** Links in messages that act without signing in. */
import type { Actor } from "../core/roles.ts";
import type { Millis } from "../core/reading.ts";

/** For whom and for what a link in a message is: it acknowledges this one alert as this one person, once, and can do nothing else. */
export interface ActScope {
  readonly alert: string;
  readonly person: string;
  readonly notice: string;
}

/** A link that was shown: genuine, in time, of somebody who is on the site. */
export interface OpenedLink extends ActScope {
  readonly actor: Actor;
  /** When it ends, real ms. */
  readonly expires: Millis;
  used(): Promise<boolean>;
  /** Uses it up: true the first time, false ever after. */
  use(): Promise<boolean>;
}

/** Links that act from a message, without signing in; made by `auth/`. */
export interface ActLinks {
  /** The last part of the link's path. */
  token(scope: ActScope): string;
  /** Throws `link-invalid` or `link-expired`. Opening uses nothing up: mail scanners open every link. */
  open(token: string): OpenedLink;
}
