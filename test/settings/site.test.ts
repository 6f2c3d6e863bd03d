import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ParsedSite } from "../../server/contract/site-assembly.ts";
import { parseSite } from "../../server/contract/parse-site.ts";
import { factorOn, tariffOn } from "../../server/core/account/tables.ts";
import { CALENDAR_WORDS } from "../../server/core/custom/document.ts";
import { DEVICE_KINDS } from "../../server/core/device.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import { loadSite, SHIPPED_HOLIDAYS } from "../../server/settings/load.ts";
import { parseHolidays } from "../../server/settings/holidays.ts";

type Data = Record<string, unknown>;

/** A small right file; `more` replaces its parts. */
function small(more: Data = {}): Data {
  return {
    site: { id: "s", name: "Hall", latitude: 36, longitude: 114 },
    buildings: [{ id: "hall", name: { "zh-CN": "主楼", en: "Main" }, floors: ["1"] }],
    departments: [{ id: "general", name: "综合科", chief: "chief" }],
    people: [{ id: "chief", name: "科长", role: "chief", department: "general" }],
    spaces: [{ id: "101", floor: "1", name: "101", class: "office", department: "general" }],
    devices: [{ id: "ac-101", kind: "ac", space: "101" }],
    ...more,
  };
}

const problemsOf = (parsed: ParsedSite): string[] => (parsed.ok ? [] : parsed.problems.map((p) => `${p.path}: ${p.message}`));
const siteOf = (parsed: ParsedSite) => {
  if (!parsed.ok) throw new Error(problemsOf(parsed).join("\n"));
  return parsed.site;
};

describe("a site file", () => {
  it("fills in what is left out", () => {
    const site = siteOf(parseSite(small()));
    expect(site.timezone).toBe("Asia/Shanghai");
    expect(site.devices).toEqual([
      {
        id: "hall/ac-101",
        building: "hall",
        name: "ac-101",
        kind: "ac",
        space: "hall/101",
        department: "general",
        codec: "native",
        topic: "jieyue/hall/ac-101/state",
        tags: [],
        protection: null,
        interval: 300,
        standby: 15,
        adopted: true,
      },
    ]);
    expect(site.calendar).toEqual({
      working: [
        [510, 720],
        [840, 1050],
      ],
      events: [],
      bookings: [],
      hours: [],
      roster: [],
      feeds: [],
      summer: { from: "06-01", until: "09-30" },
      winter: { from: "11-15", until: "03-15" },
      heating: { from: "11-15", until: "03-15" },
    });
  });

  it("finds a short id in the only building that has it, and asks where two have it", () => {
    const buildings = ["a", "b"].map((id) => ({ id, name: id, floors: ["1"] }));
    const spaces = [
      ["a", "101"],
      ["b", "101"],
      ["b", "102"],
    ].map(([building, id]) => ({ id, building, floor: "1", name: id, class: "office" }));
    const exemptions = [
      { space: "102", reason: "r" },
      { space: "a/101", reason: "r" },
    ];
    const good = siteOf(parseSite(small({ buildings, spaces, devices: [{ id: "x", building: "b", kind: "ac", space: "101" }], exemptions })));
    expect(good.devices[0]!.space).toBe("b/101");
    expect(good.exemptions.map((e) => e.space)).toEqual(["b/102", "a/101"]);
    const bad = parseSite(small({ buildings, spaces, devices: [{ id: "x", kind: "ac" }], exemptions: [{ space: "101", reason: "r" }] }));
    expect(problemsOf(bad)).toEqual([
      "devices[0].building: is missing: with more than one building each space and device names its own",
      'exemptions[0].space: more than one building has a space "101": write <building>/101',
    ]);
  });

  it("has every contradiction named at once", () => {
    const parsed = parseSite(
      small({
        people: [
          { id: "chief", name: "a", role: "chief", department: "nowhere" },
          { id: "chief", name: "b", role: "viewer" },
        ],
        departments: [{ id: "general", name: "x", chief: "nobody" }],
        spaces: [
          { id: "101", floor: "9", name: "x", class: "office" },
          { id: "101", floor: "1", name: "y", class: "office", department: "nowhere" },
        ],
        devices: [
          { id: "a", kind: "ac", space: "999" },
          { id: "a", kind: "ac", building: "tower" },
          { id: "b", kind: "ac", topic: "other/topic" },
        ],
        calendar: {
          working: [
            ["12:00", "08:00"],
            ["14:00", "17:30"],
            ["17:00", "18:00"],
          ],
          events: [{ name: "x", from: "2026-09-14", until: "2026-09-12" }],
          bookings: [{ kind: "duty", from: "2026-07-01T18:00:00+08:00", until: "2026-07-01T17:00:00+08:00", note: "n" }],
        },
        exemptions: [{ reason: "r" }, { policy: "no-such", class: "archive", reason: "r" }],
        policies: { "no-such": {}, "cooling-floor": { params: { limit: 99, colour: 1 }, owner: "nobody", scope: { spaces: ["999"] } } },
        tariffs: [
          { quantity: "water", price: 1, source: "s" },
          { quantity: "water", price: 2, source: "s" },
        ],
      }),
      POLICIES,
    );
    expect(problemsOf(parsed).map((p) => p.slice(0, p.indexOf(":")))).toEqual([
      "people[1]",
      "spaces[0].floor",
      "spaces[1].department",
      "spaces[1]",
      "devices[0].space",
      "devices[1].building",
      "devices[2].topic",
      "departments[0].chief",
      "people[0].department",
      "calendar.bookings[0].until",
      "calendar.events[0].until",
      "calendar.working[0]",
      "calendar.working[2]",
      "exemptions[0]",
      "exemptions[1].policy",
      "policies.no-such",
      "policies.cooling-floor.params.limit",
      "policies.cooling-floor.params.colour",
      "policies.cooling-floor.owner",
      "policies.cooling-floor.scope.spaces[0]",
      "tariffs[1]",
    ]);
  });

  it("names what makes no sense in the account: units, dates, hours, steps, meters", () => {
    const version = { source: "s", validFrom: "2026-01-01" };
    const parsed = parseSite(
      small({
        devices: [
          { id: "m", kind: "meter" },
          { id: "ac", kind: "ac" },
        ],
        account: {
          factors: [
            { ...version, id: "f", quantity: "electricity", concept: "co2", value: 5306, unit: "kg/MWh" },
            { ...version, id: "f", quantity: "gas", concept: "standard-coal", value: 1.2, unit: "kgce/m³", validUntil: "2025-01-01" },
          ],
          tariffs: [
            {
              ...version,
              id: "s",
              quantity: "water",
              unit: "CNY/m³",
              pricing: {
                kind: "stepped",
                steps: [
                  { upTo: 9, price: 1 },
                  { upTo: 5, price: 2 },
                ],
              },
            },
            {
              ...version,
              id: "t",
              quantity: "electricity",
              unit: "CNY/kWh",
              pricing: {
                kind: "time-of-use",
                prices: { peak: 1, flat: 1, valley: 1 },
                plans: [
                  { months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], peak: [8], valley: [8] },
                  { months: [1], peak: [] },
                ],
              },
            },
          ],
          headcounts: [{ department: "no-such", people: 3, source: "s" }],
          mains: [{ meter: "m", floor: "99" }, { meter: "ac" }, { meter: "gone" }],
        },
      }),
      POLICIES,
    );
    expect(problemsOf(parsed).map((p) => p.slice(0, p.indexOf(": ")))).toEqual([
      "account.factors[1]",
      "account.factors[1].validUntil",
      "account.factors[0].unit",
      "account.tariffs[0].pricing.steps[1].upTo",
      "account.tariffs[1].pricing.plans[0].valley",
      "account.tariffs[1].pricing.plans[1].months",
      "account.tariffs[1].pricing.plans",
      "account.headcounts[0].department",
      "account.mains[0].floor",
      "account.mains[1].meter",
      "account.mains[2].meter",
    ]);
  });

  it("a short tariff is a row like any other, and the tables that ship stand behind the site's own", () => {
    const read = loadSite("");
    if (!read.ok) throw new Error(read.problems.join("\n"));
    const { account } = read.site;
    expect(tariffOn(account, "paper", "2026-07-01")).toMatchObject({ id: "site-paper", region: "site", pricing: { kind: "flat", price: 0.04 } });
    expect(factorOn(account, "electricity", "co2", "2022-07-01")).toMatchObject({ id: "co2-grid-cn-2022", value: 0.5366 });
    expect(factorOn(account, "electricity", "co2", "2026-07-01")).toMatchObject({ value: 0.6361, source: { title: expect.stringContaining("2023") } });
    expect(factorOn(account, "gas", "standard-coal", "2026-07-01")?.value).toBe(1.2143);
    expect(factorOn({ ...account, variants: { gas: "oil-field" } }, "gas", "standard-coal", "2026-07-01")?.value).toBe(1.33);
    expect(account.factors.filter((f) => f.source.title === "" || f.validFrom === "0001-01-01")).toEqual([]);
  });

  it("knows meters without a wire: which counter people read, and how often", () => {
    const device = (more: Data) => parseSite(small({ devices: [{ id: "m", space: "101", ...more }] }));
    const [gas] = siteOf(device({ kind: "meter", codec: "manual", read: { point: "gas", every: "week" } })).devices;
    expect(gas).toMatchObject({ codec: "manual", manual: { point: "gas", every: "week" }, interval: 7 * 86_400 });
    expect(siteOf(device({ kind: "water", codec: "manual" })).devices[0]).toMatchObject({ manual: { point: "volume", every: "month" } });
    expect(siteOf(device({ kind: "water" })).devices[0]).not.toHaveProperty("manual");
    expect(problemsOf(device({ kind: "lux", codec: "manual" }))).toEqual([
      "devices[0].codec: a lux has no counter that people could read; codec: manual is for meters",
    ]);
    expect(problemsOf(device({ kind: "water", codec: "manual", read: { point: "gas" } }))).toEqual([
      'devices[0].read.point: a water has no counter "gas" (it has volume)',
    ]);
    expect(problemsOf(device({ kind: "water", read: {} }))).toEqual([
      "devices[0].read: is only for a meter without a wire: give it `codec: manual` too, or leave this out",
    ]);
    expect(problemsOf(device({ kind: "water", codec: "manual", topic: "a/b" }))).toEqual([
      "devices[0].topic: a meter without a wire speaks on no topic; leave it out",
    ]);
  });

  it("knows printers: how each is asked, and nothing that was left to be guessed", () => {
    const device = (more: Data) => parseSite(small({ devices: [{ id: "c", kind: "copier", space: "101", codec: "printer", address: "c", ...more }] }));
    const snmp = { host: "10.0.3.20", community: "office-read" };
    const ipp = "ipp://print.example:631/printers/c";
    expect(siteOf(device({ printer: { snmp, ipp } })).devices[0]).toMatchObject({
      codec: "printer",
      address: "c",
      printer: { snmp: { host: "10.0.3.20", port: 161, community: "office-read" }, ipp, pageLog: null },
    });
    expect(problemsOf(device({ printer: { snmp: { host: "10.0.3.20" } } }))).toEqual([
      expect.stringMatching(/^devices\[0\]\.printer\.snmp\.community: .*no default/),
    ]);
    const by = (more: Data) => device({ printer: { snmp: { host: "10.0.3.20", ...more } } });
    const auth = { key: "first-secret" };
    expect(siteOf(by({ version: 3, user: "jieyue", auth, privacy: { key: "other-secret" } })).devices[0]?.printer?.snmp).toEqual({
      host: "10.0.3.20",
      port: 161,
      version: 3,
      community: null,
      user: "jieyue",
      context: "",
      auth: { protocol: "sha256", key: "first-secret" },
      privacy: { protocol: "aes", key: "other-secret" },
    });
    expect(siteOf(by({ version: 1, community: "office-read" })).devices[0]?.printer?.snmp).toMatchObject({ version: 1, user: null });
    const at = "devices\\[0\\]\\.printer\\.snmp\\.";
    for (const [wrong, ...mistakes] of [
      [{ version: 3, community: "office-read" }, "user: write the user", "community: is of versions 1 and 2c"],
      [{ version: 3, user: "jieyue", privacy: auth }, "privacy: needs auth"],
      [{ user: "jieyue", auth }, "community: .*no default", "user: is of version 3", "auth: is of version 3"],
      [{ version: 4, community: "office-read" }, "version: must be 1, 2c or 3"],
      [{ version: 3, user: "jieyue", auth: { key: "short" } }, "auth\\.key: must have at least 8"],
    ] as const)
      expect(problemsOf(by(wrong))).toEqual(mistakes.map((mistake) => expect.stringMatching(new RegExp(`^${at}${mistake}`))));
    const none = "devices[0].printer: with codec: printer write how it is asked: snmp, ipp or pageLog, at least one of them";
    expect(problemsOf(device({ printer: {} }))).toEqual([none]);
    expect(problemsOf(device({}))).toEqual([none]);
    expect(problemsOf(device({ kind: "plug", printer: { snmp } }))).toEqual(["devices[0].kind: a printer's kind is copier"]);
    for (const wrong of ["http://print.example/printers/c", "print.example", "ipp://user:secret@print.example/printers/c"])
      expect(problemsOf(device({ printer: { ipp: wrong } })), wrong).toEqual([expect.stringMatching(/^devices\[0\]\.printer\.ipp: must/)]);
    expect(problemsOf(device({ codec: "native", address: undefined, printer: { snmp } }))).toEqual([
      "devices[0].printer: is only for a printer that Jieyue asks: give it `codec: printer` too, or leave this out",
    ]);
    expect(problemsOf(device({ address: undefined, printer: { snmp } }))).toEqual([expect.stringMatching(/^devices\[0\]\.address: /)]);
  });

  it("lets nothing stand behind itself, by whatever gateways and feeders are between", () => {
    const parsed = parseSite(
      small({
        devices: [
          { id: "a", kind: "plug", gateway: "b" },
          { id: "b", kind: "plug", feeder: "c" },
          { id: "c", kind: "meter", gateway: "a" },
          { id: "d", kind: "meter", feeder: "d" },
          { id: "e", kind: "meter", feeder: "f" },
          { id: "g", kind: "plug", gateway: "b", feeder: "c" },
        ],
      }),
    );
    expect(problemsOf(parsed).map((p) => p.replaceAll("hall/", ""))).toEqual([
      'devices[0].gateway: "b" stands behind "a" itself',
      'devices[1].feeder: "c" stands behind "b" itself',
      'devices[2].gateway: "a" stands behind "c" itself',
      "devices[3].feeder: cannot be the device itself",
      'devices[4].feeder: there is no device "f"',
    ]);
  });

  it("takes rules written as data as their page shows them, and names what is wrong in them by its place", () => {
    const page = readFileSync(join(import.meta.dirname, "../../server/settings/POLICIES-AS-DATA.md"), "utf8");
    const shown = parse(/```yaml\n([\s\S]*?)```/.exec(page)![1]!) as { custom: Data[] };
    expect(siteOf(parseSite(small(shown), POLICIES)).custom).toMatchObject([{ id: "corridor-dim", priority: 25, severity: "low" }]);
    for (const word of CALENDAR_WORDS) expect(page).toContain(`\`${word}\``);
    const [rule] = shown.custom;
    const wrong = [
      { ...rule, when: { point: "setpoint", above: 20 }, params: {} },
      { ...rule, id: "cooling-floor" },
      { ...rule, id: "other", scope: { spaces: ["999"] } },
      { ...rule, id: "other" },
    ];
    expect(problemsOf(parseSite(small({ custom: wrong }), POLICIES))).toEqual([
      expect.stringMatching(/^custom\[0\]\.when\.point: light has no point "setpoint"; it has on, brightness/),
      expect.stringMatching(/^custom\[1\]\.id: there is a policy "cooling-floor" already/),
      expect.stringMatching(/^custom\[2\]\.scope\.spaces\[0\]: /),
      expect.stringMatching(/^custom\[3\]\.id: there is a policy "other" already/),
    ]);
    expect(problemsOf(parseSite(small({ custom: [{ ...rule, when: { and: [{ calendar: "lunch" }] } }] }), POLICIES))).toEqual([
      expect.stringMatching(/^custom\[0\]\.when\.and\[0\]\.calendar: /),
    ]);
  });

  it("names a device that is described twice", () => {
    const twice = small({
      devices: [
        { id: "a", kind: "ac" },
        { id: "b", kind: "ac" },
        { id: "a", kind: "light" },
      ],
    });
    expect(problemsOf(parseSite(twice))).toEqual(['devices[2]: "hall/a" is used twice (first in devices[0])']);
  });

  it.each([
    [{ devices: [{ id: 301, kind: "ac" }] }, 'devices[0].id: an id must be in quotes: "301"'],
    [{ devices: [{ id: "a/b", kind: "ac" }] }, "devices[0].id: an id has only letters, digits, _ . - and begins with a letter or digit"],
    [{ devices: [{ id: "a+", kind: "ac" }] }, "devices[0].id: an id has only letters, digits, _ . - and begins with a letter or digit"],
    [{ devices: [{ id: "a", kind: "ac", intervall: 5 }] }, 'devices[0]: Unrecognized key: "intervall"'],
    [{ devices: [{ id: "a", kind: "ac", interval: 0 }] }, "devices[0].interval: Too small: expected number to be >=1"],
    [{ site: { id: "s", name: "x", latitude: 1, longitude: 2, timezone: "Asia/Nowhere" } }, "site.timezone: is not an IANA zone such as Asia/Shanghai"],
    [{ calendar: { summer: { from: "02-30", until: "09-30" } } }, 'calendar.summer.from: must be a month and day in quotes, such as "06-01"'],
    [{ calendar: { working: [["8:30", "12:00"]] } }, 'calendar.working[0][0]: must be a time of day in quotes, such as "08:30"'],
    [
      { calendar: { bookings: [{ kind: "duty", from: "2026-07-01T18:00", until: "2026-07-01T19:00:00Z", note: "n" }] } },
      "calendar.bookings[0].from: must be a time with its offset, such as 2026-07-01T19:00:00+08:00",
    ],
    [{ buildings: [{ id: "hall", name: {}, floors: ["1"] }] }, "buildings[0].name: must be a text, or one text per locale (zh-CN, zh-TW, en)"],
  ])("says what to mend (%#)", (more, problem) => {
    expect(problemsOf(parseSite(small(more)))).toEqual([problem]);
  });

  it("is refused with words, never thrown at, whatever stands in it", () => {
    const parts = fc.dictionary(
      fc.constantFrom("site", "buildings", "departments", "people", "spaces", "devices", "calendar", "exemptions", "policies", "tariffs", "__proto__"),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          parts,
          parts.map((p) => small(p)),
        ),
        (data) => {
          const parsed = parseSite(data, POLICIES);
          if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe("the shipped city hall", () => {
  const loaded = loadSite("");

  it("has no mistakes and is as large as promised", () => {
    expect(loaded).toMatchObject({ ok: true });
    if (!loaded.ok) return;
    const { site } = loaded;
    expect(site.spaces.length).toBeGreaterThanOrEqual(44);
    expect(site.devices.length).toBeGreaterThanOrEqual(160);
    expect(new Set(site.devices.map((d) => d.kind))).toEqual(new Set(DEVICE_KINDS));
    expect(new Set(site.spaces.map((s) => s.floor)).size).toBe(3);
    for (const department of site.departments) expect([department.chief, department.deputy]).not.toContain(null);
    expect(site.people.filter((p) => p.role === "director")).toHaveLength(1);
    for (const role of ["viewer", "staff", "administrator"]) expect(site.people.some((p) => p.role === role)).toBe(true);
  });

  it("gives every device a place and somebody who answers for it", () => {
    if (!loaded.ok) throw new Error(loaded.problems.join("\n"));
    for (const device of loaded.site.devices) {
      expect(device.space, device.id).not.toBeNull();
      expect(device.department, device.id).not.toBeNull();
    }
  });

  it("knows why a day is worked", () => {
    if (!loaded.ok) throw new Error(loaded.problems.join("\n"));
    expect(loaded.calendar.day(Date.parse("2026-10-01T09:00:00+08:00"))).toMatchObject({ working: false, why: "holiday" });
    expect(loaded.calendar.working(Date.parse("2026-07-01T09:00:00+08:00"))).toBe(true);
  });
});

describe("loading", () => {
  it("lists the mistakes of the site file and of the holiday file together", () => {
    const dir = mkdtempSync(join(tmpdir(), "jieyue-site-"));
    try {
      const site = join(dir, "site.yaml");
      const holidays = join(dir, "holidays.yaml");
      writeFileSync(site, JSON.stringify(small({ devices: [{ id: "a", kind: "toaster" }] })));
      writeFileSync(holidays, '"2026": { source: s, off: [{ name: x, from: 2026-02-03, until: 2026-02-01 }], work: [{ name: x, date: 2031-01-01 }] }');
      const loaded = loadSite(site, holidays);
      expect(loaded.ok ? [] : loaded.problems.map((p) => p.replace(`${dir}/`, "").split(": ").slice(0, 2).join(": "))).toEqual([
        "site.yaml: devices[0].kind",
        "holidays.yaml: 2026.off[0].until",
        "holidays.yaml: 2026.work[0].date",
      ]);
      expect(loadSite(join(dir, "absent.yaml"))).toEqual({ ok: false, problems: [`${join(dir, "absent.yaml")}: there is no such file.`] });
      expect(loadSite("", SHIPPED_HOLIDAYS).ok).toBe(true);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it("refuses a day that is both off and worked", () => {
    const data = { "2026": { source: "s", off: [{ name: "x", from: "2026-02-01", until: "2026-02-03" }], work: [{ name: "x", date: "2026-02-02" }] } };
    expect(parseHolidays(data)).toEqual({ ok: false, problems: ["2026.work[0].date: 2026-02-02 is a day off as well"] });
  });
});
