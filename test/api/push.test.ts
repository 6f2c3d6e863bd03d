import { describe, expect, it } from "vitest";
import { PUSH_SERVICES } from "../../server/contract/push.ts";
import { expectProblem, startApi } from "../support/api.ts";

const KEYS = { p256dh: `B${"k".repeat(86)}`, auth: `${"a".repeat(21)}A` };
const at = (n: number) => `https://fcm.googleapis.com/fcm/send/${n}`;

async function desk() {
  const reached: [string, boolean][] = [];
  const channel = { id: "push", publicKey: "BKey", services: [...PUSH_SERVICES, "127.0.0.1"] };
  const api = await startApi({ mode: "password", push: { channel, reach: (person, reachable) => void reached.push([person, reachable]) } });
  const subscribe = (as: string, endpoint: string, keys: object = KEYS) => api.post("/push/subscriptions", { endpoint, keys }, { as });
  const drop = (as: string, endpoint: string) => api.call("DELETE", "/api/v1/push/subscriptions", { as, body: { endpoint } });
  return { ...api, reached, subscribe, drop };
}

describe("a browser that wants to be told", () => {
  it("gets the key, is kept and is listed to its own person only", async () => {
    const { get, subscribe, reached } = await desk();
    expect((await get("/push", { as: "chief" })).body).toEqual({ key: "BKey", subscriptions: [] });
    expect((await subscribe("chief", at(1))).body.subscriptions).toEqual([{ endpoint: at(1), at: expect.stringMatching(/\+08:00$/) }]);
    expect((await get("/push", { as: "deputy" })).body.subscriptions).toEqual([]);
    expect(reached).toEqual([["chief", true]]);
    expectProblem(await get("/push"), 401, "not-signed-in");
  });

  it("is one device however often it says so, and belongs to who used it last", async () => {
    const { get, subscribe, reached } = await desk();
    await subscribe("chief", at(1));
    expect((await subscribe("chief", at(1))).body.subscriptions).toHaveLength(1);
    await subscribe("deputy", at(1));
    expect((await get("/push", { as: "chief" })).body.subscriptions).toEqual([]);
    expect(reached.slice(-2)).toEqual([
      ["deputy", true],
      ["chief", false],
    ]);
  });

  it("is removed by its own person only; who has none left is reached no more", async () => {
    const { subscribe, drop, reached } = await desk();
    await subscribe("chief", at(1));
    await subscribe("chief", at(2));
    expectProblem(await drop("deputy", at(1)), 404, "not-found");
    await drop("chief", at(1));
    expect(reached.filter(([, reachable]) => !reachable)).toEqual([]);
    expect((await drop("chief", at(2))).body.subscriptions).toEqual([]);
    expect(reached.at(-1)).toEqual(["chief", false]);
  });

  it("is one of ten at most", async () => {
    const { subscribe } = await desk();
    for (let n = 0; n < 10; n++) expect((await subscribe("chief", at(n))).status).toBe(201);
    expectProblem(await subscribe("chief", at(10)), 409, "too-many-devices");
    expect((await subscribe("chief", at(3))).status).toBe(201);
  });

  it.each([
    "http://fcm.googleapis.com/x",
    "https://10.0.0.1/x",
    "https://169.254.169.254/latest",
    "https://intranet.example/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://user@fcm.googleapis.com/x",
    "https://[::ffff:10.0.0.1]/x",
    "file:///etc/passwd",
    "x",
  ])("is not believed to live at %s", async (endpoint) => {
    const { subscribe, subscriptions } = await desk();
    expectProblem(await subscribe("chief", endpoint), 422, "bad-endpoint");
    expect(await subscriptions.pushSubscriptions()).toEqual([]);
  });

  it("may live on this machine where the settings say so, for tests", async () => {
    const { subscribe } = await desk();
    expect((await subscribe("chief", "http://127.0.0.1:8000/x")).status).toBe(201);
  });

  it.each([
    { p256dh: KEYS.p256dh.slice(1), auth: KEYS.auth },
    { p256dh: `A${KEYS.p256dh.slice(1)}`, auth: KEYS.auth },
    { p256dh: KEYS.p256dh, auth: `${KEYS.auth}AA` },
    { p256dh: KEYS.p256dh, auth: "=".repeat(22) },
    { p256dh: KEYS.p256dh },
  ])("has keys that can be keys, not %j", async (keys) => {
    const { subscribe } = await desk();
    expectProblem(await subscribe("chief", at(1), keys), 422, "invalid-body");
  });

  it("is told where no push channel is set up", async () => {
    const { get, post } = await startApi();
    expect((await get("/push")).body).toEqual({ key: null, subscriptions: [] });
    expectProblem(await post("/push/subscriptions", { endpoint: at(1), keys: KEYS }), 409, "no-push");
    expectProblem(await post("/push/test"), 409, "no-push");
  });
});
