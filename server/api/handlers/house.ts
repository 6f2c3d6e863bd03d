/** The house as it is: site, spaces, devices, points, the day. */
import { presentSource, presentSuggestion } from "../../contract/adopting.ts";
import { openApiDocument } from "../../contract/openapi.ts";
import { deviceDto, pointListDtos } from "../../contract/present/devices.ts";
import { clockDto, overviewDto, rejectionDto, siteDto, spaceDto } from "../../contract/present/house.ts";
import { whyDto } from "../../contract/present/why.ts";
import type { DeviceState, House } from "../../core/house.ts";
import { deviceStatus } from "../../core/house.ts";
import type { Millis } from "../../core/reading.ts";
import { bookingsOf } from "../../core/bookings.ts";
import { problem } from "../../errors.ts";
import { pageOf } from "../lists.ts";
import type { Handlers } from "../route.ts";

const HALF_DAY_MS = 12 * 3_600_000;

/** The device of an id, or a 404 problem. */
export function deviceOf(house: House, id: string): DeviceState {
  const state = house.devices.get(id);
  if (state === undefined) throw problem("unknown-device", `There is no device '${id.slice(0, 200)}'; ids are <building>/<device>, listed at /api/v1/devices.`);
  return state;
}

/** An instant of a local date: UTC noon is within half a day of the local date's noon, whatever the zone. */
export function instantOf(house: House, date: string): Millis {
  const noon = Date.parse(`${date}T12:00:00Z`);
  for (const at of [noon, noon - HALF_DAY_MS, noon + HALF_DAY_MS]) if (house.calendar.day(at).date === date) return at;
  return noon;
}

export function houseHandlers(
  version: string,
): Handlers<"openapi" | "sites" | "clock" | "overview" | "calendar" | "spaces" | "devices" | "device" | "why" | "points" | "rejections"> {
  let document: Record<string, unknown> | null = null;
  return {
    openapi: { run: () => (document ??= openApiDocument(version)) },
    sites: { run: ({ office }) => ({ items: [siteDto(office.house.site)], next: null }) },
    clock: { run: ({ office, eyes }) => clockDto(eyes, office.clock, eyes.now) },
    overview: { run: ({ office }) => overviewDto(office.overview(), office.counts(), office.forwarded()) },
    calendar: {
      run({ office: { house }, eyes, query }) {
        const at = query.date === undefined ? eyes.now : instantOf(house, query.date);
        const { calendar } = house;
        const day = calendar.day(at);
        const begins = calendar.midnight(at);
        // A local day may have 23 or 25 hours where clocks are changed; the next midnight is found from its noon.
        const ends = calendar.midnight(begins + 36 * 3_600_000);
        const bookings = [...house.spaces.keys(), null].flatMap((space) => [...bookingsOf(house, space)].filter((b) => b.space === space));
        return {
          date: day.date,
          working: day.working,
          why: day.why,
          holiday: day.holiday,
          event: day.event,
          season: calendar.season(at),
          heating: calendar.heating(at),
          begins: eyes.iso(begins),
          bookings: bookings
            .filter((b) => b.from < ends && b.until > begins)
            .toSorted((a, b) => a.from - b.from)
            .map((b) => ({ kind: b.kind, space: b.space, from: eyes.iso(b.from), until: eyes.iso(b.until), note: b.note })),
        };
      },
    },
    spaces: {
      run({ office: { house }, query }) {
        const found = house.site.spaces.filter(
          (s) =>
            (query.building === undefined || s.building === query.building) &&
            (query.floor === undefined || s.floor === query.floor) &&
            (query.department === undefined || s.department === query.department),
        );
        const page = pageOf(found, (s) => [0, s.id], query.cursor, query.limit);
        return { items: page.items.map(spaceDto), next: page.next };
      },
    },
    devices: {
      run({ office: { house }, eyes, query }) {
        const found = [...house.devices.values()].filter(
          (s) =>
            (query.kind === undefined || s.device.kind === query.kind) &&
            (query.building === undefined || s.device.building === query.building) &&
            (query.space === undefined || s.device.space === query.space) &&
            (query.status === undefined || deviceStatus(s, eyes.now) === query.status),
        );
        const page = pageOf(found, (s) => [0, s.device.id], query.cursor, query.limit);
        return { items: page.items.map((s) => deviceDto(eyes, house, s)), next: page.next };
      },
    },
    device: {
      run({ office, eyes, id }) {
        const { house } = office;
        const state = deviceOf(house, id);
        const { interval, standby, meter, openLoop } = state.device;
        const suggestion = office.suggestion(id);
        return {
          ...deviceDto(eyes, house, state),
          interval,
          standby,
          meter: meter ?? null,
          openLoop: openLoop === true,
          fixed: house.site.devices.some((d) => d.id === id),
          source: presentSource(office.source(id)),
          suggestion: suggestion === null ? null : presentSuggestion(suggestion),
        };
      },
    },
    why: {
      run({ office, eyes, id }) {
        const { device } = deviceOf(office.house, id);
        return whyDto(eyes, office.why(device.id), device.department);
      },
    },
    points: {
      run({ office: { house }, eyes, query }) {
        const states = query.device === undefined ? [...house.devices.values()] : [deviceOf(house, query.device)];
        const ids = states.flatMap((state) => [...state.points.keys()].map((name) => ({ id: `${state.device.id}/${name}`, state })));
        const page = pageOf(ids, (p) => [0, p.id], query.cursor, query.limit);
        return { items: page.items.flatMap((p) => pointListDtos(eyes, p.state).filter((dto) => dto.id === p.id)), next: page.next };
      },
    },
    rejections: { run: ({ office, eyes }) => ({ items: office.rejections().map((r) => rejectionDto(eyes, r)), next: null }) },
  };
}
