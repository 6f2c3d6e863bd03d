import fc from "fast-check";
import { generate, parser } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { createGuard } from "../../server/mqtt/guard.ts";
import type { Oversized } from "../../server/mqtt/guard.ts";

const MAX = 300;

describe("the guard before the parser", () => {
  it("lets through everything but oversized publishes, however the bytes are cut", () => {
    const message = fc.record({
      topic: fc.constantFrom("a", "jieyue/hall/ac-301/state", "空/调", "t".repeat(400)),
      size: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: MAX - 2, max: MAX + 2 }), fc.integer({ min: 0, max: 40_000 })),
      qos: fc.constantFrom(0 as const, 1 as const),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 30 }), (messages, cuts) => {
        const bytes = Buffer.concat(
          messages.flatMap((m, i) => [
            generate({
              cmd: "publish",
              topic: m.topic,
              payload: Buffer.alloc(m.size, 0x30),
              qos: m.qos,
              ...(m.qos === 1 ? { messageId: i + 1 } : {}),
              dup: false,
              retain: false,
            }),
            generate({ cmd: "pingreq" }),
          ]),
        );
        const refused: Oversized[] = [];
        const passed: string[] = [];
        const guard = createGuard(MAX, (head) => refused.push(head));
        const parse = parser();
        parse.on("packet", (p) => passed.push(p.cmd === "publish" ? `${p.topic} ${p.payload.length} ${p.messageId ?? null}` : p.cmd));
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const size = cuts[cut % cuts.length]!;
          const rest = guard.feed(bytes.subarray(at, at + size));
          if (rest !== null) parse.parse(rest);
          at += size;
        }
        const say = (m: (typeof messages)[number], i: number) => `${m.topic} ${m.size} ${m.qos === 1 ? i + 1 : null}`;
        expect(passed).toEqual(messages.flatMap((m, i) => (m.size <= MAX ? [say(m, i), "pingreq"] : ["pingreq"])));
        expect(refused.map((r) => `${r.topic} ${r.payloadBytes} ${r.messageId}`)).toEqual(messages.flatMap((m, i) => (m.size > MAX ? [say(m, i)] : [])));
      }),
    );
  });

  it("lets more through where a topic is allowed more", () => {
    const refused: Oversized[] = [];
    const guard = createGuard(
      MAX,
      (head) => refused.push(head),
      (topic) => (topic === "bridge" ? 4 * MAX : 0),
    );
    const big = (topic: string, size: number) => generate({ cmd: "publish", topic, payload: Buffer.alloc(size), qos: 0, dup: false, retain: false });
    const [fits, not, other] = [big("bridge", 4 * MAX), big("bridge", 4 * MAX + 1), big("lamp", MAX + 1)];
    expect(guard.feed(Buffer.concat([not, fits, other]))).toEqual(fits);
    expect(refused.map((r) => r.topic)).toEqual(["bridge", "lamp"]);
  });

  it("gathers nothing of what it lets pass by", () => {
    const guard = createGuard(MAX, () => undefined);
    expect(guard.feed(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x61]))).toBeNull();
    const chunk = Buffer.alloc(1 << 16);
    for (let n = 0; n < 4_095; n++) expect(guard.feed(chunk)).toBeNull();
    const left = 268_435_455 - 3 - 4_095 * 65_536;
    expect(guard.feed(Buffer.concat([Buffer.alloc(left), Buffer.from([0xc0, 0])]))).toEqual(Buffer.from([0xc0, 0]));
  });

  it("throws for other packets that are too large and for a length that never ends", () => {
    expect(() => createGuard(MAX, () => undefined).feed(Buffer.from([0x10, 0xff, 0x7f]))).toThrow("type 1");
    expect(() => createGuard(MAX, () => undefined).feed(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 1]))).toThrow("four bytes");
  });
});
