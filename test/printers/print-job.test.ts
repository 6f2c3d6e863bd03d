import { describe, expect, it } from "vitest";
import type { IppValue } from "../../server/printers/ipp-message.ts";
import { countedBy, queuedJob } from "../../server/printers/print-job.ts";

const told = (attributes: Readonly<Record<string, IppValue>>) =>
  queuedJob(new Map(Object.entries({ "job-id": 7, "job-state": 4, ...attributes }).map(([name, value]) => [name, [value]])), (user) => user);
const paper = (attributes: Readonly<Record<string, IppValue>>) => {
  const { pages, copies, sheets, duplex, uncounted } = told(attributes)!.job;
  return { pages, copies, sheets, duplex, uncounted };
};
const TWO = "two-sided-long-edge";

describe("a job's sheets", () => {
  it.each([
    ["those that the server counted, copies and all", { "job-media-sheets": 12, copies: 3 }, { sheets: 12, copies: 3 }],
    ["impressions, on one side", { "job-impressions": 11 }, { sheets: 11, pages: 11 }],
    ["impressions, on both", { "job-impressions": 11, sides: TWO }, { sheets: 6, pages: 11, duplex: true }],
    ["each copy's own, where copies begin on a fresh sheet", { "job-impressions": 3, sides: TWO, copies: 4 }, { sheets: 8, pages: 3, copies: 4 }],
    // The peer's real answer: three copies of two pages, printed on both sides.
    [
      "what came out, with the copies in it",
      { "job-state": 9, "job-impressions": 2, "job-impressions-completed": 6, sides: TWO, copies: 3 },
      { sheets: 3, pages: 2, copies: 3 },
    ],
    ["what came out of a job that broke off in a copy", { "job-state": 9, "job-impressions-completed": 7, copies: 2 }, { sheets: 7, copies: 2 }],
    ["what was announced, where the end has no count", { "job-state": 9, "job-impressions": 20, "job-impressions-completed": 0 }, { sheets: 20 }],
  ])("are %s", (_, attributes, expected) => {
    expect(paper(attributes)).toMatchObject({ ...expected, uncounted: undefined });
  });

  it.each([{}, { "job-impressions": 0 }, { "job-impressions": -3 }, { "job-impressions": "many" }, { "job-media-sheets-completed": 0 }])(
    "are not known from %o, and that is said",
    (attributes) => {
      expect(paper(attributes)).toMatchObject({ sheets: 0, pages: 0, uncounted: true });
    },
  );
});

describe("sheets by the documents themselves", () => {
  const range = (from: number, to: number) => ({ from, to });
  it.each<[string, Record<string, IppValue | readonly IppValue[]>, number[], number | null]>([
    ["all of them", {}, [50], 50],
    ["of pages 1 to 3, three times", { "page-ranges": range(1, 3), copies: 3 }, [50], 9],
    ["of ranges that lie over each other", { "page-ranges": [range(4, 9), range(1, 5)] }, [50], 9],
    ["of a range beyond the end", { "page-ranges": range(48, 99) }, [50], 3],
    ["of the same pages of each document, each on a fresh sheet", { "page-ranges": range(1, 3), sides: TWO }, [50, 50], 4],
    ["of four on a side, whichever is taken first", { "page-ranges": range(1, 3), "number-up": 4 }, [50], 3],
    ["of four on a side, the last of them", { "page-ranges": range(30, 50), "number-up": 4 }, [50], 6],
    ["with sheets of the queue's own", { "job-sheets": ["standard", "none"] }, [3], 4],
    ["without any", { "job-sheets": ["none", "none"] }, [3], 3],
    ["of no page at all", { "page-ranges": range(60, 70) }, [50], null],
    ["of lines as high as a page", { lpi: "1" }, [1], null],
    ["drawn larger than the paper", { scaling: 800 }, [1], null],
    ["drawn as they are", { scaling: 100 }, [1], 1],
  ])("%s", (_, attributes, documents, sheets) => {
    const lists = Object.entries(attributes).map(([name, value]) => [name, Array.isArray(value) ? value : [value]] as [string, IppValue[]]);
    const job = queuedJob(new Map<string, readonly IppValue[]>([["job-id", [7]], ["job-state", [4]], ...lists]), (user) => user, true)!;
    expect(countedBy(job, documents)?.sheets ?? null).toBe(sheets);
  });
});

describe("a job", () => {
  it("is known by its UUID, else by its number and its making, for numbers begin anew", () => {
    expect(told({ "job-uuid": "urn:uuid:1" })?.job.job).toBe("urn:uuid:1");
    expect(told({ "date-time-at-creation": 1000 })?.job.job).toBe("job-7-1000");
    expect(told({})?.job.job).toBe("job-7");
    expect(told({ "job-uuid": "x".repeat(200) })?.job.job).toBe("job-7");
  });

  it("has the time of its making while it is held, and of its end when it has ended", () => {
    const times = { "date-time-at-creation": 1000, "date-time-at-completed": 9000 };
    expect(told(times)?.job.at).toBe(1000);
    expect(told({ ...times, "job-state": 9 })?.job.at).toBe(9000);
  });

  it.each([
    [3, "pending"],
    [4, "held"],
    [5, "processing"],
    [6, "processing"],
    [7, "canceled"],
    [8, "canceled"],
    [9, "completed"],
  ])("of state %i is %s", (state, stage) => {
    expect(told({ "job-state": state })?.stage).toBe(stage);
  });

  it("of a state that no standard has, or without a number, is none", () => {
    expect(told({ "job-state": 12 })).toBeNull();
    expect(told({ "job-id": "seven" })).toBeNull();
  });

  it("has nobody's name where the queue hides it", () => {
    expect(told({ "job-originating-user-name": "anonymous" })?.job.user).toBeNull();
    expect(told({ "job-originating-user-name": "alice" })?.job.user).toBe("alice");
  });
});
