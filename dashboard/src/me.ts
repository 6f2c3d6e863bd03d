/** Who uses the page, and what they may do. The server decides; the page only spares people buttons that would be refused. */
import { signal } from "@preact/signals";
import type { AlertDto } from "../../server/contract/alerts.ts";
import type { MeDto } from "../../server/contract/house.ts";
import type { Action } from "../../server/core/roles.ts";
import { permitted } from "./allowed.ts";
import type { Answer } from "./api.ts";
import { get, post } from "./api.ts";
import { startLive, stopLive } from "./live.ts";
import { navigate } from "./router.ts";

export const me = signal<MeDto | null>(null);

export function can(action: Action, department: string | null = null): boolean {
  return permitted(me.value, action, department);
}

/** Whether the reader may do it to an alert: who answers for one, as a stand-in or by hand, may acknowledge and comment whatever their role. */
export function canOn(action: Action, alert: Pick<AlertDto, "department" | "assignee">): boolean {
  const own = action === "acknowledge" || action === "comment";
  return can(action, alert.department) || (own && alert.assignee !== null && alert.assignee === me.value?.person?.id);
}

function toSignIn(): void {
  stopLive();
  if (location.pathname !== "/set-up" && location.pathname !== "/sign-in") navigate(`/sign-in?then=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Asks who is there and, if anybody is, listens as them. */
export async function arrive(): Promise<void> {
  const answer = await get<MeDto>("/auth/me");
  if (answer.ok) me.value = answer.data;
  if (answer.ok ? answer.data.person === null && answer.data.mode === "password" : answer.problem.status === 401) toSignIn();
  else startLive(toSignIn);
}

export async function signIn(person: string, password: string): Promise<Answer<unknown>> {
  const answer = await post("/auth/sign-in", { person, password });
  if (answer.ok) await arrive();
  return answer;
}

export async function setUp(token: string, person: string, password: string): Promise<Answer<unknown>> {
  const answer = await post("/auth/set-up", { token, person, password });
  if (answer.ok) await arrive();
  return answer;
}

export async function changePassword(old: string, password: string): Promise<Answer<unknown>> {
  const answer = await post("/auth/password", { old, new: password });
  if (answer.ok) await arrive();
  return answer;
}

export async function signOut(): Promise<void> {
  await post("/auth/sign-out");
  me.value = null;
  await arrive();
}

/** In open mode: be another person. */
export async function be(person: string): Promise<Answer<unknown>> {
  const answer = await post("/auth/be", { person });
  if (answer.ok) await arrive();
  return answer;
}
