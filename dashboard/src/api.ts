/** Questions to the server: an answer, or a problem that can be shown. */
import type { ProblemDto } from "../../server/contract/problem.ts";

export type Answer<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly problem: ProblemDto };

export interface List<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

function unreachable(detail: string): ProblemDto {
  return { type: "about:blank", title: "", status: 0, code: "unreachable", detail };
}

function isProblem(body: unknown): body is ProblemDto {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}

/** Asks `/api/v1<path>`. It never throws: a network that is down is a problem with the code `unreachable`. */
export async function ask<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<Answer<T>> {
  try {
    const response = await fetch(`/api/v1${path}`, {
      method,
      credentials: "same-origin",
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const read: unknown = response.status === 204 ? null : await response.json().catch(() => null);
    if (response.ok) return { ok: true, data: read as T };
    return { ok: false, problem: isProblem(read) ? read : { ...unreachable(`HTTP ${response.status}`), status: response.status } };
  } catch (error) {
    return { ok: false, problem: unreachable(error instanceof Error ? error.message : String(error)) };
  }
}

/** Hands a file in, or a text that is one. */
export async function sendFile<T>(path: string, type: string, body: Blob | string): Promise<Answer<T>> {
  try {
    const response = await fetch(`/api/v1${path}`, { method: "POST", credentials: "same-origin", headers: { "content-type": type }, body });
    const read: unknown = await response.json().catch(() => null);
    if (response.ok) return { ok: true, data: read as T };
    return { ok: false, problem: isProblem(read) ? read : { ...unreachable(`HTTP ${response.status}`), status: response.status } };
  } catch (error) {
    return { ok: false, problem: unreachable(error instanceof Error ? error.message : String(error)) };
  }
}

/** Hands an iCalendar file in; `dry` only asks what would be taken. */
export function importCalendar<T>(text: string, dry: boolean): Promise<Answer<T>> {
  return sendFile<T>(`/bookings/import${dry ? "?dry=1" : ""}`, "text/calendar", text);
}

export const get = <T>(path: string): Promise<Answer<T>> => ask<T>("GET", path);
export const post = <T>(path: string, body: unknown = {}): Promise<Answer<T>> => ask<T>("POST", path, body);

/** The path of a device's API; its id keeps its slash encoded. */
export function deviceApi(id: string, rest = ""): string {
  return `/devices/${encodeURIComponent(id)}${rest}`;
}
