import { describe, expect, it } from "vitest";
import { createPageChannel } from "../../server/channels/page.ts";
import type { PageMessage } from "../../server/contract/live.ts";
import { pageMessage } from "../../server/contract/live.ts";
import type { Message } from "../../server/contract/message.ts";

const message: Message = {
  id: "n1",
  how: "raised",
  person: { id: "chief", name: "科长", email: "chief@example.org", phone: null, ntfy: null },
  language: "zh-CN",
  severity: "high",
  subject: "s",
  text: "t",
  spoken: "说",
  alerts: [{ id: "a1", severity: "high", title: "t", where: "w", at: "2026-07-01T08:00:00+08:00", link: "https://x.example/act/secret" }],
  count: 1,
  link: "/alerts?notice=n1",
};

describe("the page as a channel", () => {
  it("gives the message to the pages that its person has open, and no more of it than they need", async () => {
    const given: [string, PageMessage][] = [];
    const channel = createPageChannel({ deliver: (person, m) => given.push([person, m]) });
    expect(await channel.send(message)).toEqual({ ok: true });
    expect(given).toEqual([
      [
        "chief",
        { id: "n1", how: "raised", severity: "high", subject: "s", spoken: "说", language: "zh-CN", alerts: ["a1"], count: 1, link: "/alerts?notice=n1" },
      ],
    ]);
    expect(pageMessage.parse(given[0]![1])).toEqual(given[0]![1]);
  });

  it("says that nobody has it open, which trying again does not mend", async () => {
    const channel = createPageChannel({ deliver: () => 0 });
    expect(await channel.send(message)).toEqual({ ok: false, retry: false, error: "no-page-open" });
    expect(await channel.send({ ...message, person: null })).toEqual({ ok: false, retry: false, error: "no-page-open" });
  });
});
