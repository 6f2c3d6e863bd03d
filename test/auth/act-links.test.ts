import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createActLinks } from "../../server/auth/act-links.ts";
import { Problem } from "../../server/errors.ts";
import { memorySubscriptions } from "../support/api.ts";
import { smallSite } from "../support/small-site.ts";

const SECRET = "a secret of its own, long enough for everybody";
const DAY = 24 * 3_600_000;

function linksWith({ secret = SECRET, used = memorySubscriptions() } = {}) {
  const { people, departments } = smallSite();
  const staff = [...people];
  const clock = { now: 1_800_000_000_000 };
  return { clock, staff, links: createActLinks({ secret, used, people: () => staff, departments: () => departments, now: () => clock.now }) };
}

const SCOPE = { alert: "a1", person: "chief", notice: "n1" };
const code = (act: () => unknown) => {
  try {
    act();
    return "opened";
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
};

describe("a link in a message", () => {
  it("opens what it was made for, as the person to whom it was sent", () => {
    const { links, clock } = linksWith();
    expect(links.open(links.token(SCOPE))).toMatchObject({
      ...SCOPE,
      actor: { id: "chief", role: "chief", departments: ["general"] },
      expires: clock.now + DAY,
    });
  });

  it("is good for a day and not a moment longer", () => {
    const { links, clock } = linksWith();
    const token = links.token(SCOPE);
    clock.now += DAY - 1;
    expect(code(() => links.open(token))).toBe("opened");
    clock.now += 1;
    expect(code(() => links.open(token))).toBe("link-expired");
  });

  it("is used once, however often it is opened, and a message that is sent again carries the same one", async () => {
    const { links, clock } = linksWith();
    const first = links.open(links.token(SCOPE));
    expect([await first.used(), await links.open(links.token(SCOPE)).used()]).toEqual([false, false]);
    clock.now += 60_000;
    const again = links.open(links.token(SCOPE));
    expect(await Promise.all([first.use(), again.use(), first.use()])).toEqual([true, false, false]);
    expect(await again.used()).toBe(true);
    expect(await links.open(links.token({ ...SCOPE, notice: "n2" })).use()).toBe(true);
  });

  it("of somebody who left, and one that never was, are told alike", () => {
    const { links, staff } = linksWith();
    const token = links.token(SCOPE);
    staff.length = 0;
    expect([code(() => links.open(token)), code(() => links.open("x.y")), code(() => links.open(""))]).toEqual(Array(3).fill("link-invalid"));
  });

  it("is void under another key, and another purpose of the same key signs none", () => {
    const { links } = linksWith();
    const [payload] = links.token(SCOPE).split(".") as [string];
    const plain = createHmac("sha256", SECRET).update(payload).digest("base64url");
    expect(code(() => links.open(`${payload}.${plain}`))).toBe("link-invalid");
    expect(code(() => linksWith({ secret: `${SECRET}!` }).links.open(links.token(SCOPE)))).toBe("link-invalid");
  });

  it("is invalid with any character changed", () => {
    const { links } = linksWith();
    const token = links.token(SCOPE);
    const original = Buffer.from(token.split(".")[1]!, "base64url");
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom("A", "Z", "a", "z", "0", "9", "-", "_", ".", "=", "%", " ", "/"), (at, char) => {
        const changed = token.slice(0, at) + char + token.slice(at + 1);
        fc.pre(changed !== token);
        // The last character's spare bits say nothing: the same bytes are the same signature.
        const [payload, mac] = changed.split(".");
        fc.pre(!(payload === token.split(".")[0] && Buffer.from(mac ?? "", "base64url").equals(original)));
        expect(code(() => links.open(changed))).toBe("link-invalid");
      }),
    );
  });
});
