import { describe, expect, it } from "vitest";
import { isPushEndpoint, PUSH_SERVICES } from "../../server/contract/push.ts";

describe("an endpoint that a browser gives", () => {
  it.each([
    "https://fcm.googleapis.com/fcm/send/abc:APA91b-_x",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
    "https://web.push.apple.com/QGuQyavXutnMH",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%2fx",
  ])("is taken where a browser's maker keeps it: %s", (endpoint) => expect(isPushEndpoint(endpoint, PUSH_SERVICES)).toBe(true));

  it.each([
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://evil.example/fcm.googleapis.com/",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evilfcm.googleapis.com.example/x",
    "https://notfcm.googleapis.com.evil/x",
    "https://xfcm.googleapis.com@evil.example/x",
    "https://fcm.googleapis.com@evil.example/x",
    "https://evil.example\\@fcm.googleapis.com/x",
    "https://fcm.googleapis.com\\.evil.example/x",
    "https://fcm.googleapis.com\t.evil.example/x",
    "https://127.0.0.1:8026/api",
    "https://[::1]/x",
    "https://fcm.googleapis.com",
    "https://fcm.googleapis.com/a b",
    "https://fcm.googleapis.com/a\r\nX: y",
    "file:///etc/passwd",
    `https://fcm.googleapis.com/${"x".repeat(2000)}`,
    "",
  ])("is refused anywhere else: %j", (endpoint) => expect(isPushEndpoint(endpoint, PUSH_SERVICES)).toBe(false));

  it("may be on this machine, unencrypted too, where the settings name it", () => {
    expect(isPushEndpoint("http://127.0.0.1:4000/p", ["127.0.0.1"])).toBe(true);
    expect(isPushEndpoint("http://127.0.0.1:4000/p", PUSH_SERVICES)).toBe(false);
    expect(isPushEndpoint("http://10.0.0.1/p", ["10.0.0.1"])).toBe(false);
  });

  it("below a service's name is the service's, beside it is not", () => {
    expect(isPushEndpoint("https://a.b.push.apple.com/x", ["push.apple.com"])).toBe(true);
    expect(isPushEndpoint("https://xpush.apple.com/x", ["push.apple.com"])).toBe(false);
  });
});
