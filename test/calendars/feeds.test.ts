import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createCalendars } from "../../server/calendars/calendars.ts";
import { fetchText, readFile } from "../../server/calendars/fetch-text.ts";
import type { CalendarFeed } from "../../server/core/calendar-settings.ts";
import { createLog } from "../../server/log.ts";
import type { IcsRead } from "../../server/ports/calendars.ts";
import { alwaysWorking, PlayedHouse, T0 } from "../support/played-house.ts";
import { smallSite } from "../support/small-site.ts";

const one =
  "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:例会\r\nLOCATION:302\r\nDTSTART:20260702T010000Z\r\nDTEND:20260702T020000Z\r\nEND:VEVENT\r\nEND:VCALENDAR";

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function follow(feeds: readonly Partial<CalendarFeed>[]) {
  const base = smallSite();
  const whole = feeds.map((f, n) => ({ id: `f${n}`, url: null, file: null, space: null, rooms: {}, every: 3600, ...f }));
  const { house } = new PlayedHouse([], smallSite({ calendar: { ...base.calendar, feeds: whole } }), alwaysWorking);
  const taken: (readonly [string, IcsRead])[] = [];
  const faults: (string | null)[] = [];
  const calendars = createCalendars({
    house,
    now: () => T0,
    log: createLog("silent"),
    take: (source, read) => void taken.push([source, read]),
    fault: (error) => void faults.push(error?.message ?? null),
  });
  onTestFinished(() => calendars.close());
  return { calendars, taken, faults };
}

describe("a calendar that is followed", () => {
  it("is read from its address, and its meetings are handed on", async () => {
    const url = await serve((_request, response) => response.end(one));
    const { calendars, taken, faults } = follow([{ url }]);
    calendars.start();
    await vi.waitFor(() => expect(faults).toEqual([null]), 30_000);
    expect(taken).toMatchObject([["feed:f0", { bookings: [{ note: "例会", space: "hall/302" }] }]]);
    expect(calendars.status()).toMatchObject([{ id: "f0", bookings: 1, error: null, readAt: T0 }]);
  });

  it("that fails keeps what it had, and says so with its name and not its address", async () => {
    const url = await serve((_request, response) => {
      response.statusCode = 503;
      response.end();
    });
    const { calendars, taken, faults } = follow([{ url: `${url}/secret-key.ics` }, { file: "/nowhere/x.ics" }]);
    calendars.start();
    await vi.waitFor(() => expect(faults).toHaveLength(2), 30_000);
    expect(taken).toEqual([]);
    expect(faults.at(-1)).toMatch(/^f0: answered 503; f1: the file cannot be read \(ENOENT\)$/);
    expect(faults.join()).not.toMatch(/secret-key/);
    expect(calendars.status()).toMatchObject([
      { failingSince: T0, error: { code: "status", about: "503" } },
      { failingSince: T0, error: { code: "no-file" } },
    ]);
  });

  it("may be a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ics-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "x.ics"), one);
    const { calendars, taken } = follow([{ file: join(folder, "x.ics") }]);
    calendars.start();
    await vi.waitFor(() => expect(taken).toHaveLength(1), 30_000);
  });
});

describe("reading an address", () => {
  const ending = new AbortController().signal;

  it("asks only for what changed", async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.headers["if-none-match"]);
      response.setHeader("etag", '"v1"');
      response.statusCode = asked.length > 1 ? 304 : 200;
      response.end(asked.length > 1 ? undefined : one);
    });
    const first = await fetchText(url, undefined, ending);
    expect(first).toMatchObject({ text: one, etag: '"v1"' });
    expect(await fetchText(url, first, ending)).toMatchObject({ text: null, etag: '"v1"' });
    expect(asked).toEqual([undefined, '"v1"']);
  });

  it("follows three redirects on the same server and no more, with the password that was given for it", async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.statusCode = request.url === "/there" ? 200 : 302;
      response.setHeader("location", request.url === "/loop" ? "/loop" : "/there");
      response.end(one);
    });
    expect((await fetchText(url.replace("//", "//me:secret@"), undefined, ending)).text).toBe(one);
    expect(seen).toEqual([`Basic ${btoa("me:secret")}`, `Basic ${btoa("me:secret")}`]);
    await expect(fetchText(`${url}/loop`, undefined, ending)).rejects.toThrow(/more than 3/);
  });

  it("asks nobody whom the site file does not name, wherever it is sent", async () => {
    let asked = 0;
    const neighbor = await serve((_request, response) => {
      asked++;
      response.end(one);
    });
    const url = await serve((request, response) => {
      response.statusCode = 302;
      response.setHeader("location", decodeURIComponent(request.url!.slice(1)));
      response.end();
    });
    const sent = (to: string) => fetchText(`${url}/${encodeURIComponent(to)}`, undefined, ending);
    for (const to of [neighbor, neighbor.replace("127.0.0.1", "localhost"), neighbor.replace("http:", ""), "http://169.254.169.254/latest/meta-data"])
      await expect(sent(to), to).rejects.toMatchObject({ trouble: { code: "redirect-elsewhere" } });
    await expect(sent("https://[")).rejects.toMatchObject({ trouble: { code: "redirect-not-web" } });
    expect(asked).toBe(0);
  });

  it("tells nothing of what it found there", async () => {
    const url = await serve((_request, response) => response.end("BEGIN:VCALENDAR\r\nroot-password is hunter2"));
    const { calendars, faults } = follow([{ url }]);
    calendars.start();
    await vi.waitFor(() => expect(faults).toHaveLength(1), 30_000);
    expect(calendars.status()[0]!.error).toEqual({ code: "not-calendar-line", about: "2", why: "this is no iCalendar file: line 2 cannot be read" });
    expect(faults.join()).not.toMatch(/hunter2/);
  });

  it("refuses what is too large, what leads elsewhere, and what is not there", async () => {
    const url = await serve((request, response) => {
      if (request.url === "/file") {
        response.statusCode = 302;
        response.setHeader("location", "file:///etc/passwd");
        response.end();
      } else response.end(Buffer.alloc(6_000_000, "x"));
    });
    await expect(fetchText(`${url}/big`, undefined, ending)).rejects.toThrow(/larger than 5 MB/);
    await expect(fetchText(`${url}/file`, undefined, ending)).rejects.toThrow(/no web address/);
    await expect(fetchText("http://127.0.0.1:1/x", undefined, ending)).rejects.toThrow(/cannot be reached/);
    const packed = await serve((_request, response) => {
      response.setHeader("content-encoding", "gzip");
      response.end(gzipSync(Buffer.alloc(6_000_000, "x")));
    });
    await expect(fetchText(packed, undefined, ending)).rejects.toThrow(/larger than 5 MB/);
  });

  it("reads a file that is one, and no more of it than it may", async () => {
    await expect(readFile("/dev/zero")).rejects.toThrow(/ENOTFILE/);
    await expect(readFile(tmpdir())).rejects.toThrow(/cannot be read/);
    const folder = await mkdtemp(join(tmpdir(), "ics-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "big.ics"), Buffer.alloc(5_000_001, "x"));
    await expect(readFile(join(folder, "big.ics"))).rejects.toThrow(/larger than 5 MB/);
  });
});
