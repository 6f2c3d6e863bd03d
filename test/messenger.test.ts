import { describe, expect, it } from "vitest";
import type { Message } from "../server/contract/message.ts";
import type { Delivered } from "../server/core/alerts/notice.ts";
import { POLICIES } from "../server/core/policies/all.ts";
import { createLog } from "../server/log.ts";
import { createMessenger } from "../server/messenger.ts";
import type { Channel } from "../server/ports/channels.ts";
import { alert, notice } from "./support/alerting.ts";
import { shanghai } from "./support/office.ts";
import { PlayedHouse, T0 } from "./support/played-house.ts";

function messengerWith(send: (message: Message) => Promise<Delivered>, { url = "https://jieyue.example/", over = alert({ id: "old" }) } = {}) {
  const { house } = new PlayedHouse(POLICIES);
  house.alerts.set("a1", alert());
  const mail: Channel = { id: "mail", kind: "mail", personal: true, perMinute: 60, reaches: null, send };
  const asked: string[] = [];
  const messenger = createMessenger({
    house,
    channels: [mail, { ...mail, id: "robot", personal: false, reaches: [] }],
    records: { alert: async (id) => (asked.push(id), id === over.id ? over : null) },
    now: () => T0,
    iso: shanghai,
    url: () => url,
    token: ({ alert: a, person, notice: n }) => `${a}.${person}.${n}`,
    log: createLog("silent"),
  });
  return { messenger, asked, house };
}

describe("a messenger", () => {
  it("composes for the person and hands over to the notice's channel, with its answer", async () => {
    const sent: Message[] = [];
    const { messenger, asked } = messengerWith(async (m) => (sent.push(m), { ok: false, retry: true, error: "busy", after: 500 }));
    expect(await messenger.send(notice({ alerts: ["a1", "old", "gone"] }))).toEqual({ ok: false, retry: true, error: "busy", after: 500 });
    expect(sent[0]).toMatchObject({ id: "n1", person: { id: "chief" }, count: 3, link: "https://jieyue.example/alerts?notice=n1" });
    expect(sent[0]!.alerts.map((a) => a.link)).toEqual(["https://jieyue.example/act/a1.chief.n1", "https://jieyue.example/act/old.chief.n1"]);
    expect(asked).toEqual(["old", "gone"]);
  });

  it("gives a group no link that acts, nor anybody where no address is public", async () => {
    const sent: Message[] = [];
    const send = async (m: Message): Promise<Delivered> => (sent.push(m), { ok: true });
    await messengerWith(send).messenger.send(notice({ channel: "robot", person: null }));
    await messengerWith(send, { url: "" }).messenger.send(notice());
    expect(sent.map((m) => m.alerts[0]!.link)).toEqual([null, null]);
  });

  it("says why a notice cannot be sent at all", async () => {
    const { messenger } = messengerWith(async () => ({ ok: true }));
    expect(await messenger.send(notice({ channel: "fax" }))).toMatchObject({ ok: false, retry: false, error: expect.stringContaining("fax") });
    expect(await messenger.send(notice({ person: "left" }))).toMatchObject({ ok: false, retry: false, error: expect.stringContaining("left") });
  });

  it("takes a channel that breaks its promise for one that may be tried again", async () => {
    const { messenger } = messengerWith(async () => {
      throw new Error("boom");
    });
    expect(await messenger.send(notice())).toEqual({ ok: false, retry: true, error: "boom" });
  });
});
