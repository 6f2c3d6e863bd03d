import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composeMessage } from "../../server/contract/compose.ts";
import type { Composing } from "../../server/contract/compose.ts";
import { LANGS } from "../../server/contract/words/languages.ts";
import type { Lang } from "../../server/contract/words/languages.ts";
import type { Notice } from "../../server/core/alerts/notice.ts";
import { NOTICE_KINDS } from "../../server/core/alerts/notice.ts";
import type { Alert } from "../../server/core/finding.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import { alert, notice } from "../support/alerting.ts";
import { shanghai } from "../support/office.ts";
import { PlayedHouse, T0 } from "../support/played-house.ts";
import { device, smallSite, space } from "../support/small-site.ts";
import { runs } from "../support/properties.ts";

const NAMES = { "hall/ac-301": "301 空调", "hall/water-102": "102 水表" } as Record<string, string>;
const base = smallSite();
const site = smallSite({
  buildings: [{ id: "hall", name: { "zh-CN": "后勤楼", "zh-TW": "後勤樓", en: "Logistics building" }, floors: ["1", "3"] }],
  spaces: [
    ...base.spaces.map((s) => ({ ...s, name: s.id === "hall/301" ? { "zh-CN": "301 办公室", "zh-TW": "301 辦公室", en: "301 Office" } : s.name })),
    space("303", "office"),
  ],
  devices: [...base.devices.map((d) => ({ ...d, name: NAMES[d.id] ?? d.name })), ...Array.from({ length: 12 }, (_, n) => device(`lux-${n}`, "lux", "303"))],
});
const { house } = new PlayedHouse(POLICIES, site);
const NOW = T0 + 900_000;

function compose(given: Partial<Notice>, alerts: readonly Alert[], language: Lang | null = "zh-CN", over: Partial<Composing> = {}) {
  const person = language === null ? null : { ...site.people.find((p) => p.id === "deputy")!, language };
  return composeMessage(notice({ person: person?.id ?? null, alerts: alerts.map((a) => a.id), ...given }), {
    house,
    alerts,
    person,
    actor: { id: "deputy", role: person === null ? "viewer" : "deputy", departments: ["general"] },
    now: NOW,
    iso: shanghai,
    baseUrl: "https://jieyue.example",
    link: (a) => (person === null ? null : `https://jieyue.example/act/${a.id}`),
    ...over,
  });
}

/** As it is read, without the spaces that do not break. */
const read = (text: string) => text.replaceAll("\u00a0", " ");
const shown = (message: ReturnType<typeof compose>) => `\n${read(message.subject)}\n---\n${read(message.text)}\n---\n${message.spoken}\n`;

const hot = alert();
const unanswered = alert({
  told: [{ at: T0 + 30_000, person: "chief", channel: "mail", how: "raised", notice: "n0", state: "sent", error: null }],
});
const silent = Array.from({ length: 12 }, (_, n) =>
  alert({
    id: `s${n}`,
    severity: "medium",
    title: "policy.device-silent.silent",
    evidence: { lastAt: T0 - 600_000, interval: 60 },
    device: `hall/lux-${n}`,
    space: "hall/303",
    raisedAt: T0 + n * 1000,
  }),
);
const leak = alert({
  id: "w",
  title: "policy.vacant-water-off.running",
  evidence: { sinceAt: T0 - 86_400_000, flow: 4.25 },
  device: "hall/water-102",
  space: "hall/102",
});
const down = alert({
  id: "c",
  kind: "system",
  title: "system.channel-down",
  evidence: { channel: "mail", error: "connect ECONNREFUSED 10.0.0.5:587", sinceAt: T0 },
  device: null,
  space: null,
  department: null,
});

describe("a whole message", () => {
  it("about one alert", () => {
    expect(shown(compose({}, [hot]))).toMatchInlineSnapshot(`
      "
      【严重】301 办公室 空调：制冷设定 22 °C，低于 26 °C，室温 27.1 °C
      ---
      1 条告警由您负责：
      · 【严重】301 办公室 空调：制冷设定 22 °C，低于 26 °C，室温 27.1 °C（08:00）
        查看并确认：https://jieyue.example/act/a1
      全部：https://jieyue.example/alerts?notice=n1
      ---
      严重告警。301 办公室 空调，制冷设定 22摄氏度，低于 26摄氏度，室温 27.1摄氏度。
      "
    `);
    expect(shown(compose({}, [hot], "zh-TW"))).toMatchInlineSnapshot(`
      "
      【嚴重】301 辦公室 空调：製冷設定 22 °C，低於 26 °C，室溫 27.1 °C
      ---
      1 條告警由您負責：
      · 【嚴重】301 辦公室 空调：製冷設定 22 °C，低於 26 °C，室溫 27.1 °C（08:00）
        查看並確認：https://jieyue.example/act/a1
      全部：https://jieyue.example/alerts?notice=n1
      ---
      嚴重告警。301 辦公室 空调，製冷設定 22攝氏度，低於 26攝氏度，室溫 27.1攝氏度。
      "
    `);
    expect(shown(compose({}, [hot], "en"))).toMatchInlineSnapshot(`
      "
      High: 301 Office 空调: Cooling to 22 °C, below 26 °C; the room has 27.1 °C
      ---
      1 alert is yours to answer:
      · High: 301 Office 空调: Cooling to 22 °C, below 26 °C; the room has 27.1 °C (08:00)
        See and acknowledge: https://jieyue.example/act/a1
      All of them: https://jieyue.example/alerts?notice=n1
      ---
      High alert. 301 Office 空调: Cooling to 22 degrees, below 26 degrees; the room has 27.1 degrees.
      "
    `);
  });

  it("that climbed says who did not answer, and for how long", () => {
    expect(shown(compose({ how: "climbed" }, [unanswered]))).toMatchInlineSnapshot(`
      "
      【严重·上报】科长 15分钟未答复：301 办公室 空调：制冷设定 22 °C，低于 26 °C，室温 27.1 °C
      ---
      规定时间内无人答复（已通知科长），现由您负责：
      · 【严重】301 办公室 空调：制冷设定 22 °C，低于 26 °C，室温 27.1 °C（08:00，已 15分钟）
        查看并确认：https://jieyue.example/act/a1
      全部：https://jieyue.example/alerts?notice=n1
      ---
      科长，15分钟没有答复，请您处理。301 办公室 空调，制冷设定 22摄氏度，低于 26摄氏度，室温 27.1摄氏度。
      "
    `);
    expect(shown(compose({ how: "climbed" }, [unanswered], "zh-TW"))).toMatchInlineSnapshot(`
      "
      【嚴重·上報】科长 15 分鐘未答覆：301 辦公室 空调：製冷設定 22 °C，低於 26 °C，室溫 27.1 °C
      ---
      規定時間內無人答覆（已通知科长），現由您負責：
      · 【嚴重】301 辦公室 空调：製冷設定 22 °C，低於 26 °C，室溫 27.1 °C（08:00，已 15 分鐘）
        查看並確認：https://jieyue.example/act/a1
      全部：https://jieyue.example/alerts?notice=n1
      ---
      科长，15 分鐘沒有答覆，請您處理。301 辦公室 空调，製冷設定 22攝氏度，低於 26攝氏度，室溫 27.1攝氏度。
      "
    `);
    expect(shown(compose({ how: "climbed" }, [unanswered, leak], "en"))).toMatchInlineSnapshot(`
      "
      High, climbed: no answer from 科长 for 15 min: 2 alerts, 301 Office 空调: Cooling to 22 °C, below 26 °C; the room has 27.1 …
      ---
      Nobody answered in time (科长 had been told); now it is up to you:
      · High: 301 Office 空调: Cooling to 22 °C, below 26 °C; the room has 27.1 °C (08:00, 15 min ago)
        See and acknowledge: https://jieyue.example/act/a1
      · High: 102 水表: Empty since 06-30 08:00, water still runs at 4.3 L/min (08:00, 15 min ago)
        See and acknowledge: https://jieyue.example/act/w
      All of them: https://jieyue.example/alerts?notice=n1
      ---
      No answer from 科长 for 15 min; 2 alerts are yours now. First of all: 301 Office 空调: Cooling to 22 degrees, below 26 degrees; the room has 27.1 degrees.
      "
    `);
  });

  it("tells many that are alike in one line", () => {
    expect(shown(compose({}, [leak, ...silent]))).toMatchInlineSnapshot(`
      "
      【严重】13 条告警：102 水表，自 06-30 08:00 无人，水还在流，4.3 L/min
      ---
      13 条告警由您负责：
      · 【严重】102 水表：自 06-30 08:00 无人，水还在流，4.3 L/min（08:00）
        查看并确认：https://jieyue.example/act/w
      · 【较重】后勤楼 3 层 12 台设备失联（自 08:00）
      全部：https://jieyue.example/alerts?notice=n1
      ---
      有 13 条告警，其中严重的 1 条。最要紧的是：102 水表，自 6月30日8点整 无人，水还在流，4.3升每分钟。
      "
    `);
    expect(shown(compose({ how: "summary" }, [leak, ...silent], "zh-TW"))).toMatchInlineSnapshot(`
      "
      【嚴重】告警集中，共 13 條：嚴重 1、較重 12
      ---
      告警集中，不再逐條發送；共 13 條：
      · 【嚴重】102 水表：自 06-30 08:00 無人，水還在流，4.3 L/min（08:00）
        查看並確認：https://jieyue.example/act/w
      · 【較重】後勤樓 3 樓 12 台設備失聯（自 08:00）
      全部：https://jieyue.example/alerts?notice=n1
      ---
      告警集中，共 13 條，其中嚴重的 1 條，請打開控制台查看。
      "
    `);
    expect(shown(compose({ how: "summary" }, [leak, ...silent], "en"))).toMatchInlineSnapshot(`
      "
      High: a flood of 13 alerts: 1 High, 12 Medium
      ---
      A flood of 13 alerts, told as one:
      · High: 102 水表: Empty since 06-30 08:00, water still runs at 4.3 L/min (08:00)
        See and acknowledge: https://jieyue.example/act/w
      · Medium: 12 silent devices at Logistics building, floor 3 (since 08:00)
      All of them: https://jieyue.example/alerts?notice=n1
      ---
      A flood of 13 alerts, 1 of them severe; please open the console.
      "
    `);
  });

  it("about a channel, and to try one", () => {
    expect(shown(compose({ how: "channel" }, [down]))).toMatchInlineSnapshot(`
      "
      【渠道】通知渠道“mail”自 08:00 起不通：connect ECONNREFUSED 10.0.0.5:587
      ---
      一条通知渠道有问题，所以改由这里告诉您：
      · 【严重】通知渠道“mail”自 08:00 起不通：connect ECONNREFUSED 10.0.0.5:587（08:00）
        查看并确认：https://jieyue.example/act/c
      全部：https://jieyue.example/alerts?notice=n1
      ---
      请注意：通知渠道mail自 8点整 起不通。
      "
    `);
    expect(shown(compose({ how: "channel" }, [down], "en"))).toMatchInlineSnapshot(`
      "
      Channel: Messages by “mail” do not get through since 08:00: connect ECONNREFUSED 10.0.0.5:587
      ---
      Another channel is in trouble, so you are told here:
      · High: Messages by “mail” do not get through since 08:00: connect ECONNREFUSED 10.0.0.5:587 (08:00)
        See and acknowledge: https://jieyue.example/act/c
      All of them: https://jieyue.example/alerts?notice=n1
      ---
      Attention: Messages by mail do not get through since 8:00.
      "
    `);
    expect(shown(compose({ how: "test", alerts: [] }, []))).toMatchInlineSnapshot(`
      "
      【测试】通知渠道“mail”可以送达
      ---
      这是一条测试消息。收到即说明这条渠道可用，无需处理。
      ---
      这是一条测试消息。
      "
    `);
    expect(shown(compose({ how: "test", alerts: [] }, [], "en"))).toMatchInlineSnapshot(`
      "
      Test: the channel “mail” gets through
      ---
      This is a test. That you read it means that the channel works; nothing need be done.
      ---
      This is a test.
      "
    `);
  });

  it("to a group has no links that act and nothing personal", () => {
    const job = alert({
      title: "policy.copier-approval.unapproved",
      evidence: { sheets: 36, limit: 10, user: "clerk", document: "secret.docx" },
      device: "hall/copier-301",
    });
    const message = compose({}, [job], null);
    expect(message.person).toBeNull();
    expect(message.alerts[0]!.link).toBeNull();
    expect(JSON.stringify(message)).not.toMatch(/secret|clerk|科员/);
    expect(compose({}, [job]).text).toContain("secret.docx");
  });
});

describe("a message about more than it can name", () => {
  const many = Array.from({ length: 60 }, (_, n) => alert({ id: `m${n}`, title: `system.odd-${n}`, device: null, space: null, evidence: {} }));

  it("names twenty and counts the rest", () => {
    const message = compose({}, many);
    expect(message.alerts.map((a) => a.id)).toEqual(many.slice(0, 20).map((a) => a.id));
    expect(message.count).toBe(60);
    expect(message.text.split("\n").filter((line) => line.startsWith("·"))).toHaveLength(20);
    expect(message.text).toContain("另有 40 条。");
  });

  it("counts those that are not known any more", () => {
    const message = compose({ alerts: ["gone", "gone-too"] }, []);
    expect(message.count).toBe(2);
    expect(message.subject).toBe("【严重】2 条告警");
    expect(message.text).toContain("另有 2 条。");
  });

  it("takes a wider view where a floor's lines are still too many", () => {
    const wide = smallSite({
      buildings: [{ id: "hall", name: "Hall", floors: [] }],
      spaces: Array.from({ length: 30 }, (_, n) => space(`f${n}`, "office", { floor: String(n) })),
      devices: Array.from({ length: 90 }, (_, n) => device(`d${n}`, "lux", `f${n % 30}`)),
    });
    const alerts = Array.from({ length: 90 }, (_, n) =>
      alert({ id: `a${n}`, title: "policy.device-silent.silent", evidence: {}, device: `hall/d${n}`, space: `hall/f${n % 30}` }),
    );
    expect(compose({}, alerts, "zh-CN", { house: new PlayedHouse(POLICIES, wide).house }).subject).toBe("【严重】90 条告警：Hall 90 台设备失联");
  });
});

describe("the link of a message", () => {
  it("leads to the console with just its alerts", () => {
    expect(compose({ id: "n 1" }, [hot]).link).toBe("https://jieyue.example/alerts?notice=n%201");
  });

  it("is a path where no public address is known, and then not written", () => {
    const message = compose({}, [hot], "zh-CN", { baseUrl: "", link: () => null });
    expect(message.link).toBe("/alerts?notice=n1");
    expect(message.text).not.toContain("/alerts");
  });
});

it("no id of a device is read out, whatever an alert's evidence holds", () => {
  const odd = alert({ id: "odd", title: "command.gave-up", evidence: { set: "hall/ac-999", error: "see https://example.org/x" } });
  for (const language of LANGS) expect(compose({ how: "raised" }, [odd], language).spoken).not.toMatch(/hall\/|https?:/);
});

describe("whatever evidence says", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary", maxLength: 400 }),
    fc.constantFrom("\r\nBcc: all@example.org", "\u202egnp.exe", "{limit}[{x}]", "<script>", "hall/ac-999", "\ud800"),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
  );
  const titles = [
    "policy.cooling-floor.below",
    "policy.copier-approval.unapproved",
    "command.gave-up",
    "system.channel-down",
    "maintenance.bad-rule",
    "no.such.thing",
    "x",
    "",
    "policy..",
    "__proto__",
  ];
  const names = ["setpoint", "limit", "document", "user", "error", "set", "sinceAt", "by", "policy", "param", "from", "to", "what", "channel", "__proto__"];
  const hostile = fc.record({
    title: fc.constantFrom(...titles),
    evidence: fc.dictionary(fc.constantFrom(...names), value),
    device: fc.constantFrom(null, "hall/ac-301", "hall/\u0007unknown\nline"),
    how: fc.constantFrom(...NOTICE_KINDS),
    language: fc.constantFrom(...LANGS),
    n: fc.integer({ min: 1, max: 30 }),
  });

  it("a message keeps its form: one line is one line, and nothing is longer than it may be", () => {
    fc.assert(
      fc.property(hostile, ({ title, evidence, device: at, how, language, n }) => {
        const alerts = Array.from({ length: n }, (_, i) => alert({ id: `h${i}`, title, evidence, device: at, raisedAt: T0 + i }));
        const message = compose({ how }, alerts, language);
        expect(message.subject.length).toBeLessThanOrEqual(120);
        expect(message.subject).not.toBe("");
        expect(message.spoken.length).toBeLessThanOrEqual(300);
        for (const line of [message.subject, message.spoken, ...message.alerts.flatMap((a) => [a.title, a.where])]) {
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
          expect(line.isWellFormed()).toBe(true);
        }
        expect(message.text.split("\n").length).toBeLessThanOrEqual(3 + 2 * 20);
        expect(message.alerts.length).toBeLessThanOrEqual(20);
        expect(message.spoken).not.toMatch(/hall\/|https?:/);
      }),
      { numRuns: runs(400) },
    );
  });
});
