/** Errors that cross the HTTP border: RFC 9457 problem details, each with a stable code. */

/** Every code the API answers with: its status and its title. Codes are promises; details may change. */
export const PROBLEMS = {
  "malformed-json": { status: 400, title: "The body is not JSON" },
  "invalid-parameter": { status: 400, title: "A query parameter is wrong" },
  "unknown-parameter": { status: 400, title: "A query parameter is not known here" },
  "invalid-path": { status: 400, title: "The path cannot be read" },
  "range-too-wide": { status: 400, title: "The range holds too many items" },
  "not-signed-in": { status: 401, title: "Sign in first" },
  "wrong-credentials": { status: 401, title: "The name or the password is wrong" },
  forbidden: { status: 403, title: "You may not do this" },
  "foreign-origin": { status: 403, title: "The request comes from another site" },
  "no-meeting-room": { status: 403, title: "Only meeting rooms are booked by everybody" },
  "own-request": { status: 403, title: "Nobody decides on their own request" },
  "not-found": { status: 404, title: "There is no such thing" },
  "unknown-device": { status: 404, title: "There is no such device" },
  "unknown-policy": { status: 404, title: "There is no such policy" },
  "method-not-allowed": { status: 405, title: "The method is not allowed here" },
  "not-active": { status: 409, title: "It has ended already" },
  "asked-already": { status: 409, title: "That is asked for already" },
  "not-pending": { status: 409, title: "It is not pending any more" },
  "adopted-already": { status: 409, title: "The device is adopted already" },
  "too-many-mappings": { status: 409, title: "There are too many mappings" },
  "not-adopted": { status: 409, title: "The device is not adopted yet" },
  "alert-not-active": { status: 409, title: "The alert is not active any more" },
  "alert-returned": { status: 409, title: "The cause of the alert is over" },
  "cause-stands": { status: 409, title: "The cause of the alert still stands" },
  "contradicts-policy": { status: 409, title: "A policy wants something else" },
  protected: { status: 409, title: "The device is protected and never commanded" },
  offline: { status: 409, title: "The device is offline" },
  "compressor-rest": { status: 409, title: "The compressor has to rest" },
  "switched-too-often": { status: 409, title: "The compressor was switched too often" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body must be JSON" },
  "invalid-body": { status: 422, title: "The body does not fit" },
  "param-out-of-range": { status: 422, title: "A parameter is out of range" },
  "unknown-param": { status: 422, title: "The policy has no such parameter" },
  "unknown-space": { status: 422, title: "There is no such space" },
  "unknown-person": { status: 422, title: "There is no such person" },
  "unknown-scope": { status: 422, title: "The scope names what is not there" },
  "bad-calendar": { status: 422, title: "The calendar cannot be read" },
  "bad-mapping": { status: 422, title: "The mapping makes no sense" },
  "bad-policy": { status: 422, title: "The policy makes no sense" },
  "no-canary": { status: 422, title: "The canary has no space" },
  "booked-already": { status: 409, title: "The room is booked at that time" },
  "in-feed": { status: 409, title: "It comes from another calendar" },
  "no-history": { status: 422, title: "Nothing is stored of that time" },
  "unknown-department": { status: 422, title: "There is no such department" },
  "too-wide": { status: 422, title: "It would silence everything" },
  "unknown-building": { status: 422, title: "There is no such building" },
  "unknown-floor": { status: 422, title: "There is no such floor" },
  "built-in": { status: 409, title: "It is one of the office's own rules" },
  "in-site-file": { status: 409, title: "It is written in the site file" },
  "another-server": { status: 409, title: "Another server commands this house" },
  "bad-subject": { status: 422, title: "The subject is wrong" },
  "bad-values": { status: 422, title: "The values do not fit the device" },
  "bad-period": { status: 422, title: "The period is wrong" },
  "in-the-past": { status: 422, title: "The moment is in the past" },
  "too-long": { status: 422, title: "The period is too long" },
  refused: { status: 422, title: "The house refuses" },
  "weak-password": { status: 422, title: "The password is too easy to guess" },
  "unknown-channel": { status: 404, title: "There is no such channel" },
  "own-stand-in": { status: 422, title: "Nobody stands in for themselves" },
  "no-person": { status: 422, title: "Name the person" },
  "no-address": { status: 409, title: "The channel does not reach the person" },
  "too-often": { status: 429, title: "The channel takes no more for now" },
  "no-alarm": { status: 409, title: "A request is no alarm" },
  "closed-already": { status: 409, title: "The month is closed already" },
  "month-not-over": { status: 409, title: "The month is not over" },
  "earlier-month-open": { status: 409, title: "An earlier month is still open" },
  "month-open": { status: 409, title: "The month is not closed" },
  "reversed-already": { status: 409, title: "The entry was taken back already" },
  "unknown-entry": { status: 404, title: "There is no such entry" },
  "no-reason": { status: 422, title: "A reason is missing" },
  "overlaps-enforcement": { status: 409, title: "The baseline overlaps enforcement" },
  "no-change": { status: 422, title: "Nothing would change" },
  "not-a-counter": { status: 422, title: "It is no counter" },
  "in-the-future": { status: 422, title: "The moment is in the future" },
  "entered-already": { status: 409, title: "It was entered already" },
  "does-not-fit": { status: 409, title: "The reading does not fit" },
  "look-first": { status: 409, title: "Something speaks against the reading" },
  "not-yours": { status: 403, title: "Somebody else entered it" },
  "bad-file": { status: 422, title: "The file cannot be read" },
  "no-push": { status: 409, title: "Web Push is not set up" },
  "bad-endpoint": { status: 422, title: "The address is of no push service" },
  "too-many-devices": { status: 409, title: "There are too many devices" },
  "link-invalid": { status: 404, title: "The link leads nowhere" },
  "link-used": { status: 409, title: "The link was used already" },
  "link-expired": { status: 410, title: "The link is too old" },
  "bad-token": { status: 409, title: "The link is used or too old" },
  "foreign-host": { status: 421, title: "This machine is not called so" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  "older-unreachable": { status: 503, title: "The older readings cannot be reached" },
  internal: { status: 500, title: "Something broke on our side" },
  "not-ready": { status: 503, title: "Not every part is open" },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** What a problem looks like on the wire (`application/problem+json`). */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly [extra: string]: unknown;
}

function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

/** Something that a caller did wrong, or that cannot be done now. `detail` says what, where and how to mend it. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, detail: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(`${code}: ${detail}`);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.extra = extra;
  }

  /** The RFC 9457 document; members of `extra` never replace the standard ones. */
  document(): ProblemDocument {
    const title = isKnown(this.code) ? PROBLEMS[this.code].title : PROBLEMS.refused.title;
    return { ...this.extra, type: `urn:jieyue:problem:${this.code}`, title, status: this.status, code: this.code, detail: this.detail };
  }
}

/** A problem with the status that its code has. */
export function problem(code: ProblemCode, detail: string, extra?: Readonly<Record<string, unknown>>): Problem {
  return new Problem(PROBLEMS[code].status, code, detail, extra);
}

/** The core's refusal of a person's request as a problem; a code the table does not know is answered with 422. */
export function refusal(code: string, detail: string): Problem {
  return new Problem(isKnown(code) ? PROBLEMS[code].status : PROBLEMS.refused.status, code, detail);
}
