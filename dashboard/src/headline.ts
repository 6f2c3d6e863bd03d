/** The one sentence that says how the house is. Pure: what it says depends on its arguments only. */
import type { OverviewDto } from "../../server/contract/house.ts";
import type { Format } from "../../server/contract/words/format.ts";
import type { Key } from "./locales/zh-CN.ts";
import type { Filling } from "../../server/contract/words/template.ts";

export interface Situation {
  readonly overview: OverviewDto;
  /** Alerts that wait for this person. */
  readonly alerts: number;
  /** Alerts that wait for somebody else. */
  readonly others: number;
  /** Requests that wait for this person's word. */
  readonly approvals: number;
  /** Findings that the house is mending by itself now. */
  readonly mending: number;
  /** False while the page hears nothing. */
  readonly connected: boolean;
}

export interface Headline {
  /** calm: nobody need do anything. needs: somebody does. blind: the page does not know. */
  readonly tone: "calm" | "needs" | "blind";
  /** `**…**` marks what is to stand out. */
  readonly main: string;
  readonly rest: string;
}

/** Says how the house is; `t` gives the words of the language. */
export function headline(situation: Situation, t: (key: Key, filling?: Filling) => string, format: Format): Headline {
  const { overview, alerts, others, approvals, mending, connected } = situation;
  const { devices, powerW, today } = overview;
  const facts = { devices: devices.online, power: format.power(powerW.total), proven: today.proven, missing: devices.offline + devices.silent };
  const state = t("headline.state", facts) + (facts.missing > 0 ? t("headline.missing", facts) : "");
  const done = today.proven > 0 ? t("headline.proven", facts) : t("headline.none");
  if (!connected) return { tone: "blind", main: t("headline.blind"), rest: t("headline.blind-rest", facts) };
  if (alerts + approvals > 0) {
    const what = [alerts > 0 ? t("headline.alerts", { n: alerts }) : "", approvals > 0 ? t("headline.approvals", { n: approvals }) : ""].filter(
      (s) => s !== "",
    );
    return {
      tone: "needs",
      main: t("headline.needs", { n: alerts + approvals, what: what.join(t("headline.and")) }),
      rest: t("headline.otherwise") + state + done + t("headline.end"),
    };
  }
  if (others > 0) return { tone: "calm", main: t("headline.others", { n: others }), rest: state + done + t("headline.end") };
  if (mending > 0) return { tone: "calm", main: t("headline.mending", { n: mending }), rest: state + done + t("headline.end") };
  if (devices.total === 0) return { tone: "calm", main: t("headline.empty"), rest: t("headline.empty-rest") };
  return { tone: "calm", main: t("headline.calm"), rest: state + done + t("headline.relax") };
}
