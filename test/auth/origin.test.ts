import { describe, expect, it } from "vitest";
import { isLoopbackHost, isSameOrigin } from "../../server/auth/origin.ts";

describe("where a request comes from", () => {
  const request = (headers: Record<string, string>) => ({ headers }) as never;

  it.each<[string, Record<string, string>, boolean]>([
    ["a program", { host: "127.0.0.1:8026" }, true],
    ["our own page", { host: "127.0.0.1:8026", origin: "http://127.0.0.1:8026", "sec-fetch-site": "same-origin" }, true],
    ["another site", { host: "127.0.0.1:8026", origin: "https://evil.example", "sec-fetch-site": "cross-site" }, false],
    ["another port of this machine", { host: "127.0.0.1:8026", origin: "http://127.0.0.1:9000", "sec-fetch-site": "same-site" }, false],
    ["another site of an old browser", { host: "127.0.0.1:8026", origin: "https://evil.example" }, false],
    ["an origin that is none", { host: "127.0.0.1:8026", origin: "null" }, false],
    ["a foreign name that resolves here", { host: "evil.example:8026", origin: "http://evil.example:8026" }, false],
  ])("%s may change things: %s → %s", (_who, headers, allowed) => {
    expect(isSameOrigin(request(headers), "", true)).toBe(allowed);
  });

  it("takes the address people use for its own", () => {
    expect(isSameOrigin(request({ host: "127.0.0.1:8026", origin: "https://jieyue.example.gov.cn" }), "https://jieyue.example.gov.cn", false)).toBe(true);
    const plain = { host: "jieyue.example.gov.cn", origin: "http://jieyue.example.gov.cn" };
    expect([isSameOrigin(request(plain), "https://jieyue.example.gov.cn", false), isSameOrigin(request(plain), "", false)]).toEqual([false, true]);
    expect([isLoopbackHost("localhost:8026"), isLoopbackHost("[::1]:8026"), isLoopbackHost("evil.example"), isLoopbackHost(undefined)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
