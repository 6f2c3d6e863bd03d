/** Our own format on its way to or from another wire. */
import type { Outgoing } from "../office/speaker.ts";
import type { Values } from "./wire.ts";

/** What a native message says of which device (`<building>/<device>`). */
export type Native =
  | { readonly kind: "state"; readonly device: string; readonly values: Values }
  | { readonly kind: "availability"; readonly device: string; readonly online: boolean }
  | { readonly kind: "ack"; readonly device: string; readonly id: string; readonly error: string | null }
  /** Of a device, and none of these: a fault's bytes, a print job. */
  | { readonly kind: "other"; readonly device: string | null };

export function nativeOf({ topic, payload }: Outgoing): Native {
  const [root, building, name, what] = topic.split("/");
  if (root !== "jieyue" || what === undefined) return { kind: "other", device: null };
  const device = `${building ?? ""}/${name ?? ""}`;
  if (what === "availability") return { kind: "availability", device, online: payload === "online" };
  const message = objectIn(payload);
  if (message === null) return { kind: "other", device };
  if (what === "ack") {
    const { id, accepted, error } = message;
    return { kind: "ack", device, id: String(id), error: accepted === true ? null : String(error) };
  }
  if (what !== "state") return { kind: "other", device };
  const { ts: _, ...values } = message;
  return { kind: "state", device, values: values as Values };
}

export function commandTo(device: string, set: Values, id: string): Outgoing {
  return { topic: `jieyue/${device}/set`, payload: JSON.stringify({ ...set, id }) };
}

export function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
