import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLines, seriesOf } from "../../server/influx/line.ts";
import type { JournalReading } from "../../server/ports/history.ts";
import { runs } from "../support/properties.ts";

const AT = 1_782_864_000_000;
const reading = (more: Partial<JournalReading> = {}): JournalReading => ({
  point: "hall/ac-301/temperature",
  at: AT,
  received: AT,
  value: 26.8,
  quality: "good",
  ...more,
});
const lineOf = (r: JournalReading): string => {
  const written = createLines()(r);
  if (written.kind !== "line") throw new Error(written.reason);
  return written.line;
};

interface Parsed {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  readonly at: number;
}

/** Line protocol read by its own description (docs.influxdata.com, "Line protocol: special characters"), not by what wrote it. */
function parse(line: string): Parsed {
  let i = 0;
  const until = (ends: string, escaped: string): string => {
    let text = "";
    for (; i < line.length && !ends.includes(line[i]!); i++) {
      if (line[i] === "\n") throw new Error("a line end outside of a text");
      if (line[i] === "\\" && escaped.includes(line[i + 1] ?? "")) i++;
      text += line[i];
    }
    return text;
  };
  const measurement = until(", ", ", ");
  const tags: Record<string, string> = {};
  while (line[i] === ",") {
    i++;
    const key = until("=", ",= ");
    i++;
    tags[key] = until(", ", ",= ");
    if (tags[key] === "") throw new Error("an empty tag");
  }
  const fields: Record<string, string | number | boolean> = {};
  do {
    i++;
    const key = until("=", ",= ");
    i++;
    if (line[i] === '"') {
      let text = "";
      for (i++; line[i] !== '"'; i++) {
        if (i >= line.length) throw new Error("a text that does not end");
        if (line[i] === "\\" && '"\\'.includes(line[i + 1] ?? "")) i++;
        text += line[i];
      }
      i++;
      fields[key] = text;
    } else {
      const word = until(", ", "");
      fields[key] = word === "t" ? true : word === "f" ? false : Number(word.replace(/i$/, ""));
      if (typeof fields[key] === "number" && !/^-?\d+i$|^-?\d+(\.\d+)?(e[+-]\d+)?$/.test(word)) throw new Error(`no number: ${word}`);
    }
  } while (line[i] === ",");
  if (line[i] !== " ") throw new Error("no time");
  const time = line.slice(i + 1);
  if (!/^-?\d+$/.test(time)) throw new Error(`no time: ${time}`);
  return { measurement, tags, fields, at: Number(time) };
}

const name = fc.string({ unit: "binary", minLength: 1, maxLength: 64 }).filter((s) => !s.includes("/"));
const point = fc.oneof(
  fc.constantFrom("hall/a b,c=d/on", "hall/x\\/on", "h\"'\n/ü/%5C"),
  fc.tuple(name, name, name).map((n) => n.join("/")),
);
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.constantFrom('"', "\\", '\\"', "a\nb", "\r\n", "\0", "1i", "", " ,="),
);
const quality = fc.constantFrom("good", "suspect", "bad" as const) as fc.Arbitrary<JournalReading["quality"]>;
const at = fc.integer({ min: -2_000_000_000_000, max: 9_000_000_000_000 });
const untag = (text: string) => text.replaceAll(/%([0-9A-F]{2})/g, (_m, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

describe("a reading as a line", () => {
  it.each([
    [reading(), "reading,building=hall,device=ac-301,point=temperature value=26.8,suspect=f 1782864000000"],
    [reading({ value: true, quality: "suspect" }), "reading,building=hall,device=ac-301,point=temperature value=1,state=t,suspect=t 1782864000000"],
    [reading({ value: 'co"o\\l' }), 'reading,building=hall,device=ac-301,point=temperature text="co\\"o\\\\l",suspect=f 1782864000000'],
    [reading({ quality: "bad", value: 99 }), 'reading,building=hall,device=ac-301,point=temperature bad="99" 1782864000000'],
    [reading({ received: AT + 1500 }), "reading,building=hall,device=ac-301,point=temperature value=26.8,suspect=f,delay=1500i 1782864000000"],
    [reading({ point: "hall/a b,c\\/on" }), "reading,building=hall,device=a\\ b\\,c%5C,point=on value=26.8,suspect=f 1782864000000"],
  ])("%#", (given, line) => {
    expect(lineOf(given)).toBe(line);
  });

  it("says the same reading, whatever it is, in one line that every InfluxDB can read", () => {
    fc.assert(
      fc.property(point, value, quality, at, fc.integer({ min: -1e6, max: 1e9 }), (id, v, q, when, delay) => {
        const parsed = parse(lineOf({ point: id, value: v, quality: q, at: when, received: when + delay }));
        const { building, device, point: last, ...others } = parsed.tags;
        expect(others).toEqual({});
        expect([building, device, last].map((t) => untag(t!)).join("/")).toBe(id.toWellFormed());
        expect(parsed).toMatchObject({ measurement: "reading", at: when });
        const told = typeof v === "string" ? v.toWellFormed() : v;
        const { fields } = parsed;
        if (q === "bad") expect(JSON.parse(fields["bad"] as string)).toEqual(v === 0 ? 0 : v);
        else {
          expect(fields["suspect"]).toBe(q === "suspect");
          expect(fields["text"]).toBe(typeof v === "string" ? told : undefined);
          expect(fields["state"]).toBe(typeof v === "boolean" ? v : undefined);
          expect(fields["value"] === undefined ? undefined : (fields["value"] as number) + 0).toBe(typeof v === "string" ? undefined : Number(v) + 0);
        }
        expect(fields["delay"] ?? 0).toBe(delay === 0 ? 0 : delay);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("has a series and a time that only the point and the moment make: a second word at the same ms takes the place of the first", () => {
    const series = (r: JournalReading) => /^((?:\\.|[^ \\])+) .* (-?\d+)$/s.exec(lineOf(r))!.slice(1);
    fc.assert(
      fc.property(point, value, value, quality, quality, (id, a, b, qa, qb) => {
        expect(series(reading({ point: id, value: a, quality: qa }))).toEqual(series(reading({ point: id, value: b, quality: qb, received: AT + 7 })));
      }),
    );
  });

  it.each([
    [reading({ value: Number.NaN }), "InfluxDB has no number NaN"],
    [reading({ value: Number.POSITIVE_INFINITY, quality: "bad" }), "InfluxDB has no number Infinity"],
    [reading({ at: 1.5 }), "its time is not a whole number of milliseconds"],
    [reading({ at: Number.NaN }), "its time is not a whole number of milliseconds"],
    [reading({ value: "節".repeat(30_000) }), "its text is longer than 65536 bytes"],
    [reading({ point: "hall/on" }), "the point's id is not <building>/<device>/<point>"],
    [reading({ point: "hall//on" }), "the point's id is not <building>/<device>/<point>"],
    [reading({ point: `hall/${"x".repeat(5000)}/on` }), "the point's id is not <building>/<device>/<point>"],
  ])("is told to be unwritable where no line can say it: %#", (given, reason) => {
    expect(createLines()(given)).toEqual({ kind: "unwritable", reason });
  });

  it("keeps the tags of a series in the order of their keys", () => {
    expect(seriesOf("rollup", "hall/m/energy", [["step", "day"]])).toBe("rollup,building=hall,device=m,point=energy,step=day");
  });
});
