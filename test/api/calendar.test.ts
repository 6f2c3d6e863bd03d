import { describe, expect, it } from "vitest";
import { expectProblem, startApi } from "../support/api.ts";
import { shanghai } from "../support/office.ts";
import { T0 } from "../support/played-house.ts";

const HOUR = 3_600_000;
const room = { space: "hall/302", from: shanghai(T0 + HOUR), until: shanghai(T0 + 2 * HOUR), note: "例会" };
const ics = (location: string) =>
  [
    "BEGIN:VCALENDAR",
    "BEGIN:VEVENT",
    "UID:1",
    "SUMMARY:评审会",
    `LOCATION:${location}`,
    "DTSTART:20260702T010000Z",
    "DTEND:20260702T020000Z",
    "END:VEVENT",
    "END:VCALENDAR",
  ].join("\r\n");

describe("bookings over the API", () => {
  it("are made by anybody, shown to everybody, changed by who made them or keeps the calendar", async () => {
    const { post, get, call } = await startApi();
    const made = await post("/bookings", room, { as: "clerk" });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ kind: "meeting", ...room, source: "page", by: "clerk", canceledAt: null });
    const path = `/api/v1/bookings/${made.body.id}`;
    expect((await get("/bookings", { as: "chief" })).body.items).toEqual([made.body]);
    expect((await get("/bookings?space=hall/301")).body.items).toEqual([]);
    expectProblem(await post("/bookings", room, { as: "chief" }), 409, "booked-already", /例会/);
    expectProblem(await call("PUT", path, { as: "treasurer", body: { note: "mine" } }), 403, "forbidden", /who booked it/);
    expectProblem(await call("PUT", path, { as: "clerk", body: { space: "hall/301" } }), 403, "no-meeting-room");
    expect((await call("PUT", path, { as: "clerk", body: { note: "周会" } })).body).toMatchObject({ note: "周会" });
    expect((await call("DELETE", path, { as: "staff" })).body).toMatchObject({ canceledAt: shanghai(T0) });
    expectProblem(await call("DELETE", path, { as: "staff" }), 404, "not-found");
  });

  it("say what is wrong", async () => {
    const { post, get } = await startApi();
    const ask = (more: object, as = "clerk") => post("/bookings", { ...room, ...more }, { as });
    expectProblem(await ask({ space: "hall/none" }), 422, "unknown-space");
    expectProblem(await ask({ until: room.from }), 422, "bad-period");
    expectProblem(await ask({ note: "" }), 422, "invalid-body", /note/);
    expectProblem(await ask({ from: "tomorrow" }), 422, "invalid-body", /from/);
    expectProblem(await ask({ kind: "duty" }), 403, "forbidden");
    // Who wants to stay in an office asks for overtime: a booking of one's own is no leave.
    expectProblem(await ask({ space: "hall/301" }), 403, "no-meeting-room", /overtime/);
    expect((await ask({ space: "hall/301" }, "staff")).status).toBe(201);
    expectProblem(await get(`/bookings?from=${T0}&to=${T0}`), 400, "invalid-parameter");
  });

  it("come from an iCalendar file, first as a rehearsal", async () => {
    const { call, get } = await startApi();
    const send = (query: string, text: string, as = "staff", type = "text/calendar") =>
      call("POST", `/api/v1/bookings/import${query}`, { as, body: text, headers: { "content-type": type } });
    const rehearsal = await send("?dry=1", ics("302"));
    expect(rehearsal.body).toMatchObject({ imported: false, items: [{ note: "评审会", space: "hall/302", known: false }], skipped: [] });
    expect((await get("/bookings")).body.items).toEqual([]);
    expect((await send("", ics("302"))).body).toMatchObject({ imported: true });
    expect((await get("/bookings")).body.items).toMatchObject([{ note: "评审会", source: "import" }]);
    expect((await send("?dry=1", ics("302"))).body).toMatchObject({ items: [{ known: true }] });
    expect((await send("?dry=1", ics("elsewhere"))).body).toMatchObject({
      items: [],
      skipped: [{ what: "评审会", code: "no-such-room", about: "elsewhere", why: expect.stringMatching(/no room/) }],
    });
    const bad = await send("", "nonsense");
    expectProblem(bad, 422, "bad-calendar", /no iCalendar/);
    expect(bad.body.trouble).toMatchObject({ code: "not-calendar-line", about: "1" });
    expectProblem(await send("", "x".repeat(1_100_000)), 413, "body-too-large", /1024 kB/);
    expectProblem(await send("", ics("302"), "clerk"), 403, "forbidden");
    expectProblem(await send("", "{}", "staff", "application/json"), 415, "unsupported-media-type", /text\/calendar/);
    expectProblem(await send("?space=hall/none", ics("302")), 422, "unknown-space");
  });
});

describe("the calendar over the API", () => {
  it("tells day by day what it is and why", async () => {
    const { get } = await startApi();
    const { body } = await get("/calendar/days?from=2026-07-01&to=2026-07-03&space=hall/301");
    expect(body.items).toHaveLength(3);
    expect(body.items[0]).toMatchObject({ working: true, why: "weekday", season: "summer" });
    expectProblem(await get("/calendar/days?space=hall/none"), 422, "unknown-space");
    expectProblem(await get("/calendar/days?from=2026-07-03&to=2026-07-01"), 400, "invalid-parameter");
    expectProblem(await get("/calendar/days?from=2026-07-03&to=2028-07-01"), 400, "range-too-wide");
  });

  it("takes major events from who keeps it", async () => {
    const { post, get, call } = await startApi();
    const event = { name: "国际论坛", from: "2026-07-03", until: "2026-07-04" };
    expectProblem(await post("/calendar/events", event, { as: "clerk" }), 403, "forbidden");
    const made = await post("/calendar/events", event, { as: "director" });
    expect(made.body).toMatchObject({ ...event, by: "director" });
    expect((await get("/calendar/events")).body.items).toEqual([made.body]);
    expect((await call("DELETE", `/api/v1/calendar/events/${made.body.id}`, { as: "director" })).status).toBe(200);
    expectProblem(await call("DELETE", `/api/v1/calendar/events/${made.body.id}`, { as: "director" }), 404, "not-found");
    expectProblem(await post("/calendar/events", { ...event, until: "2026-07-01" }, { as: "director" }), 422, "bad-period");
    expect((await get("/calendar/feeds")).body.items).toEqual([]);
    expect((await get("/calendar/duty")).body.items).toEqual([]);
  });
});
