/** Looks at the length that every MQTT packet names in its first bytes, so that what is too large is let pass by and never gathered in memory. */

/** MQTT 3.1.1, 2.2.1: packet types in the upper half of the first byte. */
const PUBLISH = 3;
/** MQTT 3.1.1, 2.2.3: at most four bytes of seven bits each. */
const LENGTH_BYTES = 4;

/** An oversized PUBLISH: what its head says. `messageId` is null for QoS 0. */
export interface Oversized {
  readonly topic: string;
  readonly qos: number;
  readonly messageId: number | null;
  readonly payloadBytes: number;
}

export interface Guard {
  /**
   * Takes the next bytes of one connection and gives back those that may be parsed, or null when none are left.
   * Throws for a packet that breaks the protocol or is too large and no PUBLISH: the connection has to be closed.
   */
  feed(chunk: Buffer): Buffer | null;
}

/**
 * A guard for one connection. `onOversized` hears of each PUBLISH whose payload is larger than `maxPayload` bytes, or than `allowed` says of its topic
 * where that is more: what describes a whole bridge is larger than what one device says.
 */
export function createGuard(maxPayload: number, onOversized: (head: Oversized) => void, allowed?: (topic: string) => number): Guard {
  /** The beginning of a packet whose length (or topic) has not arrived whole. */
  let carried: Buffer | null = null;
  /** Bytes of the packet under way that still go through, or still are let pass by. */
  let through = 0;
  let past = 0;

  return {
    feed(chunk) {
      const data = carried === null ? chunk : Buffer.concat([carried, chunk]);
      carried = null;
      let at = Math.min(past, data.length);
      past -= at;
      let kept = at;
      const pieces: Buffer[] = [];
      while (at < data.length) {
        if (through > 0) {
          const step = Math.min(through, data.length - at);
          through -= step;
          at += step;
          continue;
        }
        const length = remainingLength(data, at + 1);
        if (length === null) break;
        const body = at + 1 + length.bytes;
        const first = data[at]!;
        if (length.value <= maxPayload) {
          through = body - at + length.value;
          continue;
        }
        if (first >> 4 !== PUBLISH) throw new Error(`a packet of type ${first >> 4} with ${length.value} bytes is too large`);
        if (data.length < body + 2) break;
        const qos = (first >> 1) & 3;
        const topicBytes = data.readUInt16BE(body);
        const head = 2 + topicBytes + (qos > 0 ? 2 : 0);
        const payloadBytes = length.value - head;
        if (payloadBytes <= maxPayload) {
          through = body - at + length.value;
          continue;
        }
        if (data.length < body + head) break;
        const topic = data.toString("utf8", body + 2, body + 2 + topicBytes);
        if (allowed !== undefined && payloadBytes <= allowed(topic)) {
          through = body - at + length.value;
          continue;
        }
        if (at > kept) pieces.push(data.subarray(kept, at));
        onOversized({ topic, qos, messageId: qos > 0 ? data.readUInt16BE(body + head - 2) : null, payloadBytes });
        const whole = body - at + length.value;
        const step = Math.min(whole, data.length - at);
        past = whole - step;
        at += step;
        kept = at;
      }
      if (at < data.length) carried = Buffer.from(data.subarray(at));
      if (at > kept) pieces.push(data.subarray(kept, at));
      return pieces.length === 0 ? null : pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    },
  };
}

/** The variable-length number at `from`; null while it has not arrived whole. */
function remainingLength(data: Buffer, from: number): { readonly value: number; readonly bytes: number } | null {
  let value = 0;
  for (let i = 0; i < LENGTH_BYTES; i++) {
    const byte = data[from + i];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return { value, bytes: i + 1 };
  }
  throw new Error("a packet's length has more than four bytes");
}
