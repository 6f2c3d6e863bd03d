import type { Socket } from "node:dgram";
import { createSocket } from "node:dgram";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SnmpAccess } from "../../server/core/device.ts";
import { createSnmpClient } from "../../server/printers/snmp-client.ts";
import { COLUMNS } from "../../server/printers/snmp-reading.ts";
import { createRandom } from "../../simulators/random.ts";

let agent: Socket;
let answer: (request: Buffer) => Buffer | null;
let asked: number;
beforeEach(async () => {
  agent = createSocket("udp4");
  asked = 0;
  agent.on("message", (request, from) => {
    asked++;
    const told = answer(request);
    if (told !== null) agent.send(told, from.port, from.address);
  });
  await new Promise<void>((resolve) => agent.bind(0, "127.0.0.1", resolve));
});
afterEach(() => new Promise<void>((resolve) => agent.close(() => resolve())));

const open = (answerMs = 20_000, more: Partial<SnmpAccess> = {}) => {
  const { port } = agent.address() as AddressInfo;
  const by = { version: "2c", community: "office-read", user: null, auth: null, privacy: null, context: "" } as const;
  return createSnmpClient({ host: "127.0.0.1", port, ...by, ...more }, answerMs);
};

describe("a printer that is asked by SNMP", () => {
  it("and never answers is asked twice, and then told of", async () => {
    answer = () => null;
    const client = open(40);
    await expect(client.ask()).rejects.toThrow(/does not answer by SNMP .*community/);
    expect(asked).toBe(2);
    client.close();
  });

  it("and tells the same row again and again is not asked for ever", async () => {
    answer = (request) => {
      const echo = Buffer.from(request);
      const pdu = echo.findIndex((byte) => byte === 0xa0 || byte === 0xa5);
      echo[pdu] = 0xa2;
      return echo;
    };
    const client = open();
    const { scalars, columns } = await client.ask();
    client.close();
    expect(Object.values(scalars).every((value) => value === null)).toBe(true);
    expect(Object.values(columns).map((rows) => rows.size)).toEqual(Object.keys(COLUMNS).map(() => 0));
    expect(asked).toBe(1 + Object.keys(COLUMNS).length);
  });

  it("and answers another community is told of without ours", async () => {
    answer = (request) => {
      const other = Buffer.from(request);
      other[other.indexOf(0xa0)] = 0xa2;
      other.write("office-read".toUpperCase(), other.indexOf("office-read"));
      return other;
    };
    const client = open();
    const error = await client.ask().then(
      () => "",
      (e: Error) => e.message,
    );
    client.close();
    expect(error).toContain("does not answer by SNMP");
    expect(error).not.toContain("office-read");
  });

  it("by a user and keys is told of without the keys", async () => {
    answer = () => Buffer.from("no answer of any version");
    const keys = { auth: { protocol: "sha256", key: "first-secret" }, privacy: { protocol: "aes", key: "other-secret" } } as const;
    const client = open(40, { version: 3, community: null, user: "jieyue", ...keys });
    const error = await client.ask().then(
      () => "",
      (e: Error) => e.message,
    );
    client.close();
    expect(error).toContain('are the user "jieyue" and its keys right');
    expect(error).not.toMatch(/secret/);
  });

  it("and answers garbage does no harm, and can be asked again", async () => {
    const chance = createRandom(20_261_126);
    const byte = () => Math.floor(chance.next() * 256);
    answer = (request) => {
      if (chance.next() < 0.3) return Buffer.from(Array.from({ length: byte() }, byte));
      // Its own question with some bytes changed, as an answer.
      const bytes = Buffer.from(request);
      const pdu = bytes.indexOf(0xa0);
      if (pdu !== -1) bytes[pdu] = 0xa2;
      for (let n = Math.floor(chance.next() * 4); n > 0; n--) bytes[Math.floor(chance.next() * bytes.length)] = byte();
      return bytes;
    };
    const outcomes = new Set<string>();
    for (let run = 0; run < 40; run++) {
      const client = open(40);
      const outcome = await client.ask().then(
        (answers) => (Object.values(answers.scalars).every((v) => v === null || typeof v !== "object" || v instanceof Uint8Array) ? "sound" : "unsound"),
        (error: Error) => (error.message.includes("does not answer by SNMP") ? "refused" : error.message),
      );
      outcomes.add(outcome);
      client.close();
    }
    expect([...outcomes].filter((o) => o !== "sound" && o !== "refused")).toEqual([]);
    expect(outcomes).toContain("refused");
  });
});
