/** What a person may do, and where they may be sent. Pure. */
import type { MeDto } from "../../server/contract/house.ts";
import type { Action } from "../../server/core/roles.ts";

/** Whether somebody may do an action at a subject of a department. Without a person nothing is allowed. */
export function permitted(who: Pick<MeDto, "may" | "departments"> | null, action: Action, department: string | null): boolean {
  const grant = who?.may[action];
  return grant === "all" || (grant === "own" && department !== null && who!.departments.includes(department));
}

/** Where to go after signing in: a path of this page, never another site. */
export function afterSignIn(then: string | null): string {
  return then !== null && /^\/(?![/\\])/.test(then) && !then.startsWith("/sign-in") ? then : "/";
}
