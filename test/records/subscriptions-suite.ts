/** What every keeper of browsers' subscriptions and of used links must do. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PushSubscription, Subscriptions } from "../../server/ports/push.ts";
import type { Records } from "../../server/ports/records.ts";

const subscription = (name: string, person: string, at = 1): PushSubscription => ({
  endpoint: `https://push.example/${name}`,
  person,
  keys: { p256dh: `key-${name}`, auth: `auth-${name}` },
  at,
});

export function subscriptionsSuite(name: string, make: () => Records & Subscriptions): void {
  describe(name, () => {
    let records: Records & Subscriptions;
    beforeEach(async () => {
      records = make();
      await records.open();
    });
    afterEach(() => records.close());

    it("keeps a person's browsers, oldest first, and everybody's", async () => {
      await records.savePushSubscription(subscription("phone", "chief", 2));
      await records.savePushSubscription(subscription("desk", "chief", 1));
      await records.savePushSubscription(subscription("other", "director", 3));
      expect(await records.pushSubscriptions("chief")).toEqual([subscription("desk", "chief", 1), subscription("phone", "chief", 2)]);
      expect(await records.pushSubscriptions()).toHaveLength(3);
      expect(await records.pushSubscriptions("nobody")).toEqual([]);
    });

    it("gives a browser to whoever subscribed with it last, with the newest keys", async () => {
      await records.savePushSubscription(subscription("desk", "chief", 1));
      const renewed = { ...subscription("desk", "director", 5), keys: { p256dh: "new", auth: "new" } };
      await records.savePushSubscription(renewed);
      expect(await records.pushSubscriptions("chief")).toEqual([]);
      expect(await records.pushSubscriptions()).toEqual([renewed]);
    });

    it("drops a subscription once and says whether there was one", async () => {
      await records.savePushSubscription(subscription("desk", "chief"));
      expect(await records.dropPushSubscription("https://push.example/desk")).toBe(true);
      expect(await records.dropPushSubscription("https://push.example/desk")).toBe(false);
      expect(await records.pushSubscriptions()).toEqual([]);
    });

    it("lets a link be used once, however many ask at the same time", async () => {
      const tries = await Promise.all(Array.from({ length: 20 }, () => records.useLink("link", 10, 100)));
      expect(tries.filter(Boolean)).toHaveLength(1);
      expect([await records.linkUsed("link"), await records.linkUsed("other")]).toEqual([true, false]);
      expect(await records.useLink("other", 99, 200)).toBe(true);
      expect(await records.useLink("link", 99, 100)).toBe(false);
    });

    it("forgets a used link only when the link has expired", async () => {
      await records.useLink("short", 10, 100);
      await records.useLink("long", 10, 1000);
      await records.useLink("next", 100, 2000);
      expect([await records.linkUsed("short"), await records.linkUsed("long")]).toEqual([false, true]);
    });
  });
}
