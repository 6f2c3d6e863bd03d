/**
 * Acrel (安科瑞) meters and gateways: `/gw/acrelHW/<product>/<command>/<serial>`. A login must be answered or nothing follows. Numbers may be texts; times are `YYYYMMDDhhmmss`
 * in local time, and only a message that says its `utc` tells in which. Its stored readings (`hstdata`) are history. The published field list of `data` is incomplete:
 * fields are read by their names, what has no known name stays under its own.
 */
import type { Millis } from "../core/reading.ts";
import type { Codec, Heard } from "./codec.ts";
import { isObject, jsonOf, MAX_PAYLOAD_BYTES, own, rejected, shortText } from "./codec.ts";
import { createAcquaintances } from "./acquaintances.ts";
import { inOffice } from "./names.ts";

const TOPIC = /^\/gw\/acrelHW\/([^/]{1,64})\/([a-z]{1,20})\/([^/]{1,64})$/i;
const ABOUT = new Set(["type", "gwSN", "meterSN", "meterName", "time", "utc", "country", "ver", "ccid", "upInterval", "product"]);
const MAX_ZONES = 5_000;

/** `20221008105600` at so many hours from UTC; null where it is none. */
export function acrelTime(text: unknown, utc: number | null): Millis | null {
  const parts = typeof text === "string" ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text) : null;
  if (parts === null || utc === null) return null;
  const [, y, mo, d, h, mi, s] = parts.map(Number) as [number, number, number, number, number, number, number];
  return Date.UTC(y, mo - 1, d, h, mi, s) - utc * 3_600_000;
}

export function createAcrel(): Codec {
  const known = createAcquaintances();
  /** Hours from UTC by gateway, as it last said. */
  const zones = new Map<string, number>();

  function readings(topic: string, serial: string, what: string, body: Record<string, unknown>): readonly Heard[] {
    const meter = shortText(own(body, "meterSN"), 64);
    const address = meter === null || meter === serial ? serial : `${serial}/${meter}`;
    const values: Record<string, unknown> = {};
    const fields = isObject(body["data"]) ? { ...body, ...body["data"] } : body;
    for (const [key, raw] of Object.entries(fields).slice(0, 200)) {
      if (ABOUT.has(key)) continue;
      const number = typeof raw === "string" && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(raw) ? Number(raw) : raw;
      const found = inOffice(key, number);
      if (found !== null) values[found[0]] = found[1];
    }
    const interval = Number(own(body, "upInterval"));
    const ts = acrelTime(own(body, "time"), zones.get(serial) ?? null);
    const historical = what === "hstdata";
    if (historical && ts === null)
      return rejected(
        "clock-absurd",
        "Stored readings of a meter whose time has no zone cannot be placed: let the gateway send its `time` message (with utc) first.",
      );
    const heard = known.meet(address, {
      name: shortText(own(body, "meterName")) ?? address,
      maker: "Acrel",
      model: shortText(own(body, "meterName")),
      hardware: [`acrel:${address}`],
      kind: "meter",
      interval: Number.isFinite(interval) && interval > 0 && interval <= 1440 ? interval * 60 : null,
      topic,
      values,
    });
    if (Object.keys(values).length > 0) heard.push({ kind: "said", address, said: { ts, values, ...(historical ? { historical } : {}) } });
    return heard;
  }

  return {
    id: "acrel",
    filters: ["/gw/acrelHW/#"],
    heads: ["/gw"],
    decode({ topic, payload }) {
      if (!topic.startsWith("/gw/acrelHW/")) return null;
      const parts = TOPIC.exec(topic);
      if (parts === null) return rejected("bad-topic", "The topic must be /gw/acrelHW/<product>/<command>/<serial>.");
      const [, product = "", command = "", serial = ""] = parts;
      if (payload.length > MAX_PAYLOAD_BYTES) return rejected("oversized", `The payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} are taken.`);
      const parsed = jsonOf(payload);
      if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
      if (!isObject(parsed.value)) return rejected("malformed", "What an Acrel gateway sends is a JSON object.");
      const body = parsed.value;
      const utc = Number(own(body, "utc"));
      if (own(body, "utc") !== undefined && Number.isFinite(utc) && Math.abs(utc) <= 14) {
        if (zones.size >= MAX_ZONES) zones.clear();
        zones.set(serial, utc);
      }
      switch (command) {
        case "login":
          return [{ kind: "reply", message: { topic: `/server/acrelHW/${product}/login/${serial}`, payload: JSON.stringify({ type: "login", res: 1 }) } }];
        case "data":
        case "hstdata":
        case "para":
          return readings(topic, serial, command, body);
        // Its clock, its heartbeat and its alarms are no readings.
        default:
          return [];
      }
    },
    encode: () => ({
      kind: "cannot",
      why: "The command format of Acrel's switches (分合闸) is not published; use a declarative mapping with your gateway's own words.",
    }),
  };
}
