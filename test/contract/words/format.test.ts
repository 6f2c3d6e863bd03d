import { describe, expect, it } from "vitest";
import { createFormat } from "../../../server/contract/words/format.ts";
import { pickLang, pickText } from "../../../server/contract/words/languages.ts";

const zh = createFormat("zh-CN", "Asia/Shanghai", { sheets: "张", people: "人" });
const en = createFormat("en", "Asia/Shanghai", { sheets: "sheets", people: "people" });
const plain = (text: string) => text.replaceAll("\u00a0", " ");
const MINUTE = 60_000;

describe("numbers", () => {
  it("carry their unit, with as many decimals as make sense for it", () => {
    expect(plain(zh.quantity(26, "°C"))).toBe("26 °C");
    expect(plain(zh.quantity(26, "°C", true))).toBe("26.0 °C");
    expect(plain(zh.quantity(811.6, "W"))).toBe("812 W");
    expect(plain(zh.quantity(null, "W"))).toBe("—");
    expect(zh.quantity(36, "sheets")).toBe("36张");
    expect(plain(en.quantity(36, "sheets"))).toBe("36 sheets");
    expect(zh.quantity(58, "%")).toBe("58%");
  });

  it("change from W to kW by size", () => {
    expect(plain(zh.power(999))).toBe("999 W");
    expect(plain(zh.power(42_300))).toBe("42.3 kW");
  });
});

describe("times", () => {
  const at = "2026-07-01T00:42:10Z";

  it("are the site's, wherever the browser is", () => {
    expect(zh.time(at)).toBe("08:42");
    expect(zh.dateTime(at)).toBe("2026-07-01 08:42:10");
    expect(zh.longTime(Date.parse(at))).toBe("2026-07-01 星期三 08:42");
  });

  it("are read back as the site's, also around a change of its clocks", () => {
    expect(zh.instant("2026-07-01T08:42")).toBe(Date.parse("2026-07-01T08:42:00+08:00"));
    const berlin = createFormat("en", "Europe/Berlin", { sheets: "", people: "" });
    for (const [local, offset] of [
      ["2026-03-29T01:30", "+01:00"],
      ["2026-03-29T03:30", "+02:00"],
      ["2026-10-25T00:30", "+02:00"],
      ["2026-10-25T04:00", "+01:00"],
      ["2026-12-01T09:00", "+01:00"],
    ] as const)
      expect(berlin.instant(local), local).toBe(Date.parse(`${local}:00${offset}`));
  });

  it("say the date only where it is another day", () => {
    expect(zh.time(at, Date.parse("2026-07-01T22:00:00+08:00"))).toBe("08:42");
    expect(zh.time(at, Date.parse("2026-07-02T00:10:00+08:00"))).toBe("07-01 08:42");
  });

  it("are midnight at 00:00, not at 24:00", () => {
    expect(zh.time("2026-07-01T00:00:00+08:00")).toBe("00:00");
  });

  it("are told as ages, and never lie in the future", () => {
    const now = Date.parse(at);
    expect(zh.ago(at, now + 3 * MINUTE)).toBe("3分钟前");
    expect(en.ago(at, now + 26 * 60 * MINUTE)).toBe("yesterday");
    expect(zh.ago(at, now - 5000)).toBe(zh.ago(at, now));
  });
});

describe("durations", () => {
  it("have their two largest units", () => {
    expect(zh.duration(80 * MINUTE)).toBe("1小时20分钟");
    expect(en.duration(26 * 60 * MINUTE)).toBe("1 day 2 hr");
    expect(zh.duration(60 * MINUTE)).toBe("1小时");
    expect(zh.duration(45_000)).toBe("45秒");
  });
});

describe("the language", () => {
  it("is the chosen one, else the browser's first that there is, else simplified Chinese", () => {
    expect(pickLang("en", ["zh-TW"])).toBe("en");
    expect(pickLang(null, ["fr", "zh-HK", "en"])).toBe("zh-TW");
    expect(pickLang(null, ["zh-Hant-TW"])).toBe("zh-TW");
    expect(pickLang(null, ["zh"])).toBe("zh-CN");
    expect(pickLang("klingon", ["en-GB"])).toBe("en");
    expect(pickLang(null, ["fr"])).toBe("zh-CN");
  });

  it("takes the nearest text there is", () => {
    expect(pickText("主楼", "en")).toBe("主楼");
    expect(pickText({ "zh-CN": "食堂", en: "Canteen" }, "zh-TW")).toBe("食堂");
    expect(pickText({ fr: "Cantine" }, "en")).toBe("Cantine");
  });
});
