import { describe, expect, it } from "vitest";
import type { Speech } from "../../../server/contract/words/evidence.ts";
import { evidenceList, humanised, sayReason, sayTitle } from "../../../server/contract/words/evidence.ts";
import { createFormat } from "../../../server/contract/words/format.ts";
import { messages } from "../../../dashboard/src/locales/zh-CN.ts";
import type { PolicyDto } from "../../../server/contract/policies.ts";
import { POLICIES } from "../../../server/core/policies/all.ts";

const policies = new Map<string, PolicyDto>(
  POLICIES.map((p) => [
    p.id,
    {
      id: p.id,
      enabled: true,
      mode: p.defaultMode,
      severity: p.severity,
      priority: p.priority,
      kinds: [...p.kinds],
      subject: p.subject,
      owner: null,
      scope: {},
      canary: [],
      custom: null,
      params: p.params.map((x) => ({ ...x, value: x.default })),
      open: 0,
    },
  ]),
);
const speech: Speech = {
  format: createFormat("zh-CN", "Asia/Shanghai", { sheets: "张", people: "人" }),
  lookup: (key) => (messages as Readonly<Record<string, string>>)[key],
  policy: (id) => policies.get(id),
  nameOf: (id) => (id === "hall/contact-301" ? "301 窗磁" : id === "finance-clerk" ? "钱多思" : undefined),
  now: Date.parse("2026-07-01T15:00:00+08:00"),
};
const plain = (text: string | null) => text?.replaceAll("\u00a0", " ");

describe("a reason in words", () => {
  it("has every figure with its unit, also of a parameter", () => {
    expect(plain(sayReason("cooling-floor", "below", { mode: "cool", setpoint: 22, limit: 26, temperature: 27.1 }, speech))).toBe(
      "制冷设定 22 °C，低于 26 °C，室温 27.1 °C",
    );
    expect(plain(sayReason("daylight-lights-off", "bright", { daylight: 640, limit: 500 }, speech))).toBe("自然光 640 lx，超过 500 lx，不必开灯");
    expect(plain(sayReason("copier-approval", "too-many-sheets", { sheets: 36, limit: 10, user: "finance-clerk", document: null }, speech))).toBe(
      "打印 36张，超过 10张，等待审批，钱多思",
    );
  });

  it("leaves out what was not known", () => {
    expect(plain(sayReason("cooling-floor", "below", { setpoint: 22, limit: 26, temperature: null }, speech))).toBe("制冷设定 22 °C，低于 26 °C");
    expect(sayReason("cooling-floor", "at-or-above", {}, speech)).toBe("制冷设定不低于下限");
  });

  it("says times in the site's zone, and the date where it is another day", () => {
    expect(sayReason("vacant-lights-off", "empty", { sinceAt: "2026-07-01T06:42:00Z", power: null }, speech)).toBe("自 14:42 无人，灯还亮着");
    expect(sayReason("vacant-lights-off", "empty", { sinceAt: "2026-06-30T14:42:00+08:00" }, speech)).toContain("06-30 14:42");
  });

  it("falls back to what all policies share, and to nothing where there is no sentence", () => {
    expect(sayReason("cooling-floor", "no-state", {}, speech)).toBe("不知道它是开是关");
    expect(sayReason("cooling-floor", "never-heard-of", {}, speech)).toBeNull();
    expect(humanised("policy.x.never-heard-of")).toBe("never heard of");
  });
});

describe("an alert's title in words", () => {
  it("says a policy's reason", () => {
    expect(plain(sayTitle("policy.vacant-water-off.running", { flow: 4.2, sinceAt: "2026-07-01T14:00:00+08:00" }, speech))).toBe(
      "自 14:00 无人，水还在流，4.2 L/min",
    );
  });

  it("says what a failed command wanted, as people say it", () => {
    expect(plain(sayTitle("command.ignored", { set: "on=false setpoint=26", error: "no answer", attempts: 3, power: 900, by: "cooling-floor" }, speech))).toBe(
      "设备没有响应控制：“关 · 设定温度 26 °C”，已下发 3 次",
    );
  });

  it("has nothing for a title that no locale knows", () => {
    expect(sayTitle("system.unheard-of", {}, speech)).toBeNull();
  });
});

describe("evidence as a list", () => {
  it("names devices and people, translates words and skips what is null", () => {
    const list = evidenceList(
      { window: "hall/contact-301", openAt: "2026-07-01T14:00:00+08:00", power: null, mode: "cool", by: "cooling-floor", oddity: "x" },
      "window-open-no-ac",
      speech,
    );
    expect(list.map((e) => `${e.term}=${e.description}`)).toEqual(["窗磁=301 窗磁", "开窗时间=14:00", "模式=制冷", "由谁要求=制冷温度下限", "oddity=x"]);
  });
});
