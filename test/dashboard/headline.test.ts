import { describe, expect, it } from "vitest";
import { createFormat } from "../../server/contract/words/format.ts";
import type { Situation } from "../../dashboard/src/headline.ts";
import { headline } from "../../dashboard/src/headline.ts";
import type { Lang } from "../../server/contract/words/languages.ts";
import { messages as en } from "../../dashboard/src/locales/en.ts";
import type { Key } from "../../dashboard/src/locales/zh-CN.ts";
import { messages as zhCN } from "../../dashboard/src/locales/zh-CN.ts";
import type { Filling } from "../../server/contract/words/template.ts";
import { fill } from "../../server/contract/words/template.ts";
import { overview } from "./dtos.ts";

const LOCALES = { "zh-CN": zhCN, en } as const;

function say(over: Partial<Situation>, lang: Exclude<Lang, "zh-TW"> = "zh-CN") {
  const format = createFormat(lang, "Asia/Shanghai", { sheets: "张", people: "人" });
  const t = (key: Key, filling: Filling = {}) => fill(LOCALES[lang][key], filling, (n) => format.number(n));
  const said = headline({ overview: overview(), alerts: 0, others: 0, approvals: 0, mending: 0, connected: true, ...over }, t, format);
  const plain = (text: string) => text.replaceAll("**", "").replaceAll("\u00a0", " ");
  return { tone: said.tone, main: plain(said.main), rest: plain(said.rest) };
}

describe("the one sentence", () => {
  it("is calm when nobody need do anything", () => {
    expect(say({})).toEqual({ tone: "calm", main: "一切正常", rest: "128 台设备在线，当前用电 42.3 kW，今天已纠正 17 处浪费，省心。" });
  });

  it("stays calm while the house mends by itself", () => {
    expect(say({ mending: 3 })).toMatchObject({ tone: "calm", main: "正在自动纠正 3 处浪费，无需您动手" });
  });

  it("says first what needs a person, and how many things", () => {
    expect(say({ alerts: 1, approvals: 1, mending: 3 })).toMatchObject({ tone: "needs", main: "有 2 件事需要您处理：1 条告警、1 项审批" });
    expect(say({ alerts: 1 }, "en").main).toBe("1 thing needs you: 1 alert");
    expect(say({ alerts: 2, approvals: 1 }, "en").main).toBe("3 things need you: 2 alerts and 1 request to decide");
  });

  it("does not call on those whose business it is not", () => {
    expect(say({ others: 4 })).toMatchObject({ tone: "calm", main: "有 4 条告警等待责任人处理" });
  });

  it("does not claim that all is well while it sees nothing", () => {
    expect(say({ connected: false, alerts: 2 })).toMatchObject({ tone: "blind", main: "暂时看不到现场" });
  });

  it("counts devices that are not heard from", () => {
    expect(say({ overview: overview({ devices: { total: 130, online: 120, offline: 3, silent: 5, manual: 0, discovered: 2 } }) }).rest).toContain("8 台失联");
  });

  it("knows an empty house", () => {
    const none = { total: 0, online: 0, offline: 0, silent: 0, manual: 0, discovered: 0 };
    expect(say({ overview: overview({ devices: none }) }).main).toBe("还没有设备");
  });
});
