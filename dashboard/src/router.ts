/** Addresses of the page: the History API, deep links, filters in the query. */
import { signal } from "@preact/signals";

export type Place =
  | {
      readonly page:
        | "overview"
        | "spaces"
        | "alerts"
        | "alarm-health"
        | "charts"
        | "exports"
        | "months"
        | "savings"
        | "meters"
        | "findings"
        | "devices"
        | "policies"
        | "approvals"
        | "overrides"
        | "people"
        | "audit"
        | "calendar"
        | "alerting"
        | "backtest"
        | "ask"
        | "codes"
        | "messages"
        | "sign-in"
        | "set-up"
        | "not-found";
    }
  | { readonly page: "space" | "device"; readonly id: string }
  | { readonly page: "act"; readonly token: string };

const SIMPLE = [
  "spaces",
  "alerts",
  "alarm-health",
  "charts",
  "exports",
  "months",
  "savings",
  "meters",
  "findings",
  "devices",
  "policies",
  "approvals",
  "overrides",
  "people",
  "audit",
  "calendar",
  "alerting",
  "backtest",
  "ask",
  "codes",
  "messages",
  "sign-in",
  "set-up",
] as const;

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Which page a path names. Ids of spaces and devices have one slash: `/devices/<building>/<device>`. */
export function placeOf(path: string): Place {
  const parts = path
    .split("/")
    .filter((p) => p !== "")
    .map(decoded);
  const [first, building, name] = parts;
  if (first === undefined) return { page: "overview" };
  if (parts.length === 1) {
    const page = SIMPLE.find((s) => s === first);
    if (page !== undefined) return { page };
  }
  if (parts.length === 2 && first === "act") return { page: "act", token: building! };
  if (parts.length === 3 && (first === "spaces" || first === "devices")) return { page: first === "spaces" ? "space" : "device", id: `${building}/${name}` };
  return { page: "not-found" };
}

/** The address of a space or a device. */
export function pathTo(kind: "spaces" | "devices", id: string): string {
  return `/${kind}/${id.split("/").map(encodeURIComponent).join("/")}`;
}

/** A query with some parts changed; an empty or null part is left out. */
export function changedQuery(search: string, parts: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(parts)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

export const place = signal<Place>({ page: "overview" });
export const query = signal(new URLSearchParams());

function read(): void {
  place.value = placeOf(location.pathname);
  query.value = new URLSearchParams(location.search);
}

export function navigate(to: string): void {
  if (to !== location.pathname + location.search) history.pushState(null, "", to);
  read();
  scrollTo(0, 0);
  // A reader of the screen begins at the new page's heading.
  requestAnimationFrame(() => document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true }));
}

/** Changes filters: the address tells them, the way back does not repeat each keystroke. */
export function setQuery(parts: Readonly<Record<string, string | null>>): void {
  history.replaceState(null, "", location.pathname + changedQuery(location.search, parts));
  query.value = new URLSearchParams(location.search);
}

/** Links inside the page do not load it anew; modified clicks and other targets are the browser's. */
export function startRouter(): void {
  read();
  addEventListener("popstate", read);
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (
      link === null ||
      link.origin !== location.origin ||
      link.target !== "" ||
      link.hasAttribute("download") ||
      link.hash !== "" ||
      link.pathname.startsWith("/api/")
    )
      return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  });
}
