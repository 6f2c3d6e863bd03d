/** This browser as a place to be told: permission, the worker, and what the push service gives. */
import type { PushDto } from "../../server/contract/push-desk.ts";
import type { Answer } from "./api.ts";
import { ask, post } from "./api.ts";

/** unsupported: by the browser. insecure: the page came over plain HTTP. blocked: the person said no, here, earlier. */
export type PushAbility = "able" | "unsupported" | "insecure" | "blocked";

const WORKER = "/push-worker.js";

export function pushAbility(): PushAbility {
  if (!isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator) || !("PushManager" in globalThis) || !("Notification" in globalThis)) return "unsupported";
  return Notification.permission === "denied" ? "blocked" : "able";
}

/** The address of this browser at its push service; null while it is told nothing. */
export async function thisDevice(): Promise<string | null> {
  if (pushAbility() !== "able") return null;
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription())?.endpoint ?? null;
}

function bytesOf(key: string): Uint8Array<ArrayBuffer> {
  const binary = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

/** no-permission: asked and refused. no-service: the browser has no push service, or cannot reach it. */
export type Subscribed = Answer<PushDto> | { readonly ok: false; readonly why: "no-permission" | "no-service"; readonly detail: string };

/** Asks for leave, subscribes at the browser's push service with the server's key, and tells the server. */
export async function subscribe(key: string): Promise<Subscribed> {
  const leave = await Notification.requestPermission();
  if (leave !== "granted") return { ok: false, why: "no-permission", detail: leave };
  try {
    await navigator.serviceWorker.register(WORKER, { scope: "/" });
    const registration = await navigator.serviceWorker.ready;
    const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
    // A subscription for an earlier key of the server is worth nothing any more, and stands in the way of a new one.
    const subscription = await registration.pushManager.subscribe(options).catch(async (error: unknown) => {
      const old = await registration.pushManager.getSubscription();
      if (old === null) throw error;
      await old.unsubscribe();
      return registration.pushManager.subscribe(options);
    });
    const { endpoint, keys } = subscription.toJSON();
    return await post<PushDto>("/push/subscriptions", { endpoint, keys });
  } catch (error) {
    return { ok: false, why: "no-service", detail: error instanceof Error ? error.message : String(error) };
  }
}

/** Removes a device of one's own; this browser also forgets it itself. */
export async function unsubscribe(endpoint: string): Promise<Answer<PushDto>> {
  const registration = pushAbility() === "able" ? await navigator.serviceWorker.getRegistration("/") : undefined;
  const own = await registration?.pushManager.getSubscription();
  if (own?.endpoint === endpoint) await own.unsubscribe();
  return ask<PushDto>("DELETE", "/push/subscriptions", { endpoint });
}
