import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeAnswer, encodeRequest, MAX_ANSWER_BYTES } from "../../server/printers/ipp-message.ts";
import { queuedJob } from "../../server/printers/print-job.ts";
import { createRandom } from "../../simulators/random.ts";
import { HELD_JOBS, PRINTER } from "./recorded.ts";

const answerOf = (bytes: Uint8Array) => {
  const read = decodeAnswer(bytes);
  if ("wrong" in read) throw new Error(read.wrong);
  return read.answer;
};
const bytes = (...parts: readonly (number | string)[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "number" ? [part] : [...new TextEncoder().encode(part)])));
const attribute = (tag: number, name: string, value: Uint8Array) =>
  Uint8Array.from([tag, 0, name.length, ...new TextEncoder().encode(name), value.length >> 8, value.length & 255, ...value]);
const answer = (group: number, ...attributes: Uint8Array[]) => Uint8Array.from([2, 0, 0, 0, 0, 0, 0, 1, group, ...attributes.flatMap((a) => [...a]), 3]);

describe("a request", () => {
  // The octets of RFC 8010's own example (appendix A.1 shows the same layout for Print-Job).
  it("has version, operation, number, charset and language first, then what is asked", () => {
    const request = encodeRequest("Get-Jobs", 258, [
      { name: "printer-uri", as: "uri", values: ["ipp://h/p"] },
      { name: "limit", as: "integer", values: [50] },
      { name: "requested-attributes", as: "keyword", values: ["job-id", "sides"] },
    ]);
    expect(request).toEqual(
      bytes(
        2,
        0,
        0,
        0x0a,
        0,
        0,
        1,
        2,
        1,
        0x47,
        0,
        18,
        "attributes-charset",
        0,
        5,
        "utf-8",
        0x48,
        0,
        27,
        "attributes-natural-language",
        0,
        2,
        "en",
        0x45,
        0,
        11,
        "printer-uri",
        0,
        9,
        "ipp://h/p",
        0x21,
        0,
        5,
        "limit",
        0,
        4,
        0,
        0,
        0,
        50,
        0x44,
        0,
        20,
        "requested-attributes",
        0,
        6,
        "job-id",
        0x44,
        0,
        0,
        0,
        5,
        "sides",
        3,
      ),
    );
  });

  it("names CUPS's own operations by both bytes", () => {
    expect([...encodeRequest("CUPS-Get-Document", 1, []).subarray(2, 4)]).toEqual([0x40, 0x27]);
  });
});

describe("an answer", () => {
  it("of a real CUPS tells its held jobs", () => {
    const { status, request, jobs } = answerOf(HELD_JOBS);
    expect({ status, request, jobs: jobs.length }).toEqual({ status: 0, request: 1, jobs: 2 });
    expect(queuedJob(jobs[0]!, (user) => user)).toMatchObject({
      id: 1,
      stage: "held",
      documents: 1,
      job: {
        job: "urn:uuid:412cfa1d-2c86-329c-4966-b08fe717f6ad",
        user: "alice",
        document: "Q3 report.pdf",
        duplex: true,
        uncounted: true,
        at: Date.parse("2026-11-26T06:42:05Z"),
      },
    });
    expect(queuedJob(jobs[1]!, (user) => user)?.job).toMatchObject({ user: "王科员", document: "会议纪要", copies: 3, duplex: false });
  });

  it("of a real CUPS tells of the queue, and of ranges", () => {
    expect(Object.fromEntries(answerOf(PRINTER).printer)).toMatchObject({
      "printer-state": [3],
      "cups-version": ["2.4.2"],
      "job-hold-until-default": ["indefinite"],
      "copies-supported": [{ from: 1, to: 9999 }],
    });
  });

  it("may hold collections, which are passed over with what is in them", () => {
    const read = answerOf(
      answer(
        4,
        attribute(0x34, "media-col", bytes()),
        attribute(0x4a, "", bytes("media-size")),
        attribute(0x34, "", bytes()),
        attribute(0x4a, "", bytes("x-dimension")),
        attribute(0x21, "", bytes(0, 0, 1, 0)),
        attribute(0x37, "", bytes()),
        attribute(0x37, "", bytes()),
        attribute(0x23, "printer-state", bytes(0, 0, 0, 4)),
      ),
    );
    expect([...read.printer]).toEqual([["printer-state", [4]]]);
  });

  it("has times with their offset, names with a language, and nothing for what is unknown", () => {
    const read = answerOf(
      answer(
        2,
        attribute(0x31, "date-time-at-completed", bytes(0x07, 0xea, 7, 1, 14, 30, 5, 0, 0x2b, 8, 0)),
        attribute(0x36, "job-name", bytes(0, 2, "zh", 0, 6, "纪要")),
        attribute(0x10, "job-impressions", bytes()),
        attribute(0x13, "sides", bytes()),
      ),
    );
    expect([...read.jobs[0]!]).toEqual([
      ["date-time-at-completed", [Date.parse("2026-07-01T14:30:05+08:00")]],
      ["job-name", ["纪要"]],
    ]);
  });

  it("carries a document behind its attributes", () => {
    expect(Buffer.from(answerOf(Buffer.concat([answer(1), Buffer.from("%PDF-1.4")])).data).toString()).toBe("%PDF-1.4");
  });

  it.each([
    ["too short", new Uint8Array(5), "too short"],
    ["another protocol", bytes("HTTP/1.1 400 Bad Request"), "no IPP"],
    ["cut off", HELD_JOBS.subarray(0, HELD_JOBS.length - 40), "breaks off"],
    ["without an end", answer(2).subarray(0, 9), "breaks off before its end"],
  ])("that is %s is none, and says why", (_, told, why) => {
    expect(decodeAnswer(told)).toEqual({ wrong: expect.stringContaining(why) });
  });

  it("that is larger than any is not read", () => {
    expect(decodeAnswer(new Uint8Array(MAX_ANSWER_BYTES + 1))).toEqual({ wrong: expect.stringContaining("at most") });
  });

  it("reads back any numbers and texts that another writer puts down", () => {
    const value = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.string({ minLength: 1, maxLength: 60 }));
    const written = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z][a-z-]{0,30}$/), value), { selector: ([name]) => name, maxLength: 12 });
    fc.assert(
      fc.property(written, (pairs) => {
        const attributes = pairs.map(([name, v]) =>
          typeof v === "number" ? attribute(0x21, name, Uint8Array.from([v >> 24, v >> 16, v >> 8, v])) : attribute(0x42, name, new TextEncoder().encode(v)),
        );
        expect(Object.fromEntries(answerOf(answer(2, ...attributes)).jobs[0]!)).toEqual(
          Object.fromEntries(pairs.map(([name, v]) => [name, [typeof v === "number" ? v : new TextDecoder().decode(new TextEncoder().encode(v))]])),
        );
      }),
    );
  });

  it("mutated 100,000 times, is read or refused with a sentence", () => {
    const chance = createRandom(20_261_126);
    const below = (n: number) => Math.floor(chance.next() * n);
    let read = 0;
    for (let run = 0; run < Number(process.env["FUZZ_RUNS"] ?? 100_000); run++) {
      const mutated = Uint8Array.from(chance.next() < 0.5 ? HELD_JOBS : PRINTER);
      for (let n = 1 + below(6); n > 0; n--) mutated[below(mutated.length)] = below(256);
      const told = decodeAnswer(chance.next() < 0.2 ? mutated.subarray(0, below(mutated.length)) : mutated);
      if ("wrong" in told) {
        if (told.wrong.length < 15) expect.fail(`no reason: ${told.wrong}`);
        continue;
      }
      read++;
      for (const attributes of told.answer.jobs) {
        const job = queuedJob(attributes, (user) => user)?.job;
        if (job === undefined) continue;
        const sound = job.job.length <= 100 && Number.isFinite(job.at) && [job.pages, job.sheets, job.copies].every((n) => Number.isInteger(n) && n >= 0);
        if (!sound) expect.fail(JSON.stringify(job));
      }
    }
    expect(read).toBeGreaterThan(1000);
  });
});
