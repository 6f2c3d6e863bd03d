/** What every keeper of password hashes, sessions and one-time tokens must do. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Credentials } from "../../server/ports/credentials.ts";
import type { Records } from "../../server/ports/records.ts";

export function credentialsSuite(name: string, make: () => Records & Credentials): void {
  describe(name, () => {
    let records: Records & Credentials;
    beforeEach(async () => {
      records = make();
      await records.open();
    });
    afterEach(() => records.close());

    it("keeps password hashes, sessions and one-time tokens", async () => {
      expect(await records.anyPassword()).toBe(false);
      await records.setPasswordHash("chief", "h1");
      await records.setPasswordHash("chief", "h2");
      expect([await records.passwordHash("chief"), await records.passwordHash("other"), await records.anyPassword()]).toEqual(["h2", null, true]);
      await records.saveSession("s1", "chief", "{}", 100);
      await records.saveSession("s2", "chief", "{}", 200);
      await records.saveSession("s3", null, "{}", 300);
      await records.dropExpiredSessions(100);
      expect(await records.session("s1")).toBeNull();
      await records.dropSessionsOf("chief");
      expect([await records.session("s2"), await records.session("s3")]).toEqual([null, { data: "{}", expires: 300 }]);
      await records.saveToken("t1", "invite", "chief", 500);
      expect(await records.takeToken("t1", "set-up", 400)).toBeNull();
      expect(await records.takeToken("t1", "invite", 400)).toEqual({ person: "chief", expires: 500 });
      expect(await records.takeToken("t1", "invite", 400)).toBeNull();
      await records.saveToken("t2", "invite", "chief", 500);
      expect(await records.takeToken("t2", "invite", 500)).toBeNull();
    });

    it("brings no session back that was dropped while a request was under way", async () => {
      await records.saveSession("s1", "chief", "{}", 100);
      await records.touchSession("s1", 300);
      expect(await records.session("s1")).toEqual({ data: "{}", expires: 300 });
      await records.dropSession("s1");
      await records.touchSession("s1", 400);
      expect(await records.session("s1")).toBeNull();
    });

    it("voids an older one-time token when a newer one is made for the same purpose and person", async () => {
      await records.saveToken("first", "set-up", null, 500);
      await records.saveToken("invite", "invite", null, 500);
      await records.saveToken("other", "set-up", "chief", 500);
      await records.saveToken("second", "set-up", null, 600);
      const take = (hash: string, purpose: string) => records.takeToken(hash, purpose, 1);
      expect([await take("first", "set-up"), await take("second", "set-up"), await take("invite", "invite"), await take("other", "set-up")]).toEqual([
        null,
        { person: null, expires: 600 },
        { person: null, expires: 500 },
        { person: "chief", expires: 500 },
      ]);
    });
  });
}
