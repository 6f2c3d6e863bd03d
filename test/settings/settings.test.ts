import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LoadedSettings } from "../../server/settings/load.ts";
import { loadSettings } from "../../server/settings/load.ts";

let dir = "";
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "jieyue-settings-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = (text: string, name = "jieyue.yaml"): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const load = (env: Record<string, string> = {}, config?: string): LoadedSettings => loadSettings({ config, env, cwd: dir });
const settingsOf = (loaded: LoadedSettings) => {
  if (!loaded.ok) throw new Error(loaded.problems.join("\n"));
  return loaded.settings;
};
const problemsOf = (loaded: LoadedSettings): readonly string[] => (loaded.ok ? [] : loaded.problems);

describe("where settings come from", () => {
  it("has a default for everything", () => {
    const settings = settingsOf(load());
    expect(settings).toMatchObject({
      http: { host: "127.0.0.1", port: 8026, url: "" },
      mqtt: { url: "", host: "127.0.0.1", port: 1883, clientId: "jieyue", users: [] },
      data: { dir: "./data" },
      site: { file: "" },
      auth: { mode: "open" },
      log: { level: "info" },
      clock: { source: "wall" },
    });
  });

  it("reads --config before JIEYUE_CONFIG before ./jieyue.yaml", () => {
    expect(load()).toMatchObject({ file: null });
    const usual = file("http: { port: 1001 }");
    file("http: { port: 1002 }", "by-variable.yaml");
    file("http: { port: 1003 }", "by-argument.yaml");
    expect(load()).toMatchObject({ file: usual, settings: { http: { port: 1001 } } });
    expect(settingsOf(load({ JIEYUE_CONFIG: "by-variable.yaml" })).http.port).toBe(1002);
    expect(settingsOf(load({ JIEYUE_CONFIG: "by-variable.yaml" }, "by-argument.yaml")).http.port).toBe(1003);
  });

  it("lets the environment outrank the file, an empty variable counting as none", () => {
    file("http: { port: 1001 }\nmqtt: { clientId: from-file }\n");
    const settings = settingsOf(load({ JIEYUE_HTTP_PORT: "0", JIEYUE_MQTT_CLIENTID: "", JIEYUE_LOG_LEVEL: "warn", PATH: "/bin" }));
    expect(settings.http.port).toBe(0);
    expect(settings.mqtt.clientId).toBe("from-file");
    expect(settings.log.level).toBe("warn");
  });

  it("takes a list as JSON", () => {
    const user = {
      username: "gateway",
      passwordHash: "$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA",
      devices: ["hall/*"],
      topics: ["zigbee2mqtt/#"],
      offers: "none",
    };
    expect(settingsOf(load({ JIEYUE_MQTT_USERS: JSON.stringify([user]) })).mqtt.users).toEqual([user]);
    expect(problemsOf(load({ JIEYUE_MQTT_USERS: "gateway" }))).toEqual(["JIEYUE_MQTT_USERS: must be a list in JSON"]);
  });

  it("reads an empty file as no settings", () => {
    file("# nothing yet\n");
    expect(settingsOf(load()).http.port).toBe(8026);
  });
});

describe("mistakes", () => {
  it("are all listed at once, each with its place", () => {
    const path = file("http: { port: high, colour: red }\nlog: { level: loud }\nmqttt: {}\n");
    const problems = problemsOf(load({ JIEYUE_HTPP_PORT: "1", JIEYUE_CLOCK_SOURCE: "sun" }));
    expect(problems).toHaveLength(6);
    expect(problems[0]).toContain("JIEYUE_HTPP_PORT: there is no such setting");
    expect(problems.join("\n")).toContain("JIEYUE_CLOCK_SOURCE: clock.source: ");
    for (const place of ["http.port: ", "log.level: "]) expect(problems.join("\n")).toContain(`${path}: ${place}`);
    expect(problems.join("\n")).toContain('"colour"');
    expect(problems.join("\n")).toContain('"mqttt"');
  });

  it.each([
    ["[1, 2]", "must hold settings such as"],
    ["a: 1\na: 2\n", "Map keys must be unique at line 2, column 1"],
    ["a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]\n", "aliases"],
    ["[".repeat(50_000), "Maximum call stack size exceeded"],
    ["http: 5", "http: "],
    [`x: ${"y".repeat(17 * 1024 * 1024)}`, "at most 16 MB are read"],
  ])("in a hostile or broken file are told, not thrown (%#)", (text, expected) => {
    file(text);
    expect(problemsOf(load()).join("\n")).toContain(expected);
  });

  it("do not repeat the file's text, which may hold a password", () => {
    file('mqtt:\n  password: "s3cret-word\n  username: [\n');
    expect(problemsOf(load()).length).toBeGreaterThan(0);
    expect(problemsOf(load()).join("\n")).not.toContain("s3cret-word");
  });

  it("name a file that is not there, is a folder, or is not UTF-8", () => {
    expect(problemsOf(load({}, "absent.yaml"))).toEqual([`${join(dir, "absent.yaml")}: there is no such file.`]);
    expect(problemsOf(load({}, "."))).toEqual([`${dir}: is not a file.`]);
    writeFileSync(join(dir, "latin.yaml"), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    expect(problemsOf(load({}, "latin.yaml"))).toEqual([`${join(dir, "latin.yaml")}: is not UTF-8 text; save it as UTF-8.`]);
  });

  it("cannot reach a prototype", () => {
    file("__proto__: { polluted: true }\n");
    expect(problemsOf(load()).join("\n")).toContain("__proto__");
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("rules between settings", () => {
  it.each([
    ["127.0.0.1", "", "open"],
    ["127.8.9.1", "", "open"],
    ["::1", "", "open"],
    ["localhost", "http://localhost:8026", "open"],
    ["0.0.0.0", "", "password"],
    ["10.0.0.5", "", "password"],
    ["127.0.0.1.evil.example", "", "password"],
    // A proxy on this machine makes everyone look local.
    ["127.0.0.1", "https://jieyue.example.gov.cn", "password"],
  ])("on host %s, seen at %j, the mode is %s", (host, url, mode) => {
    expect(settingsOf(load({ JIEYUE_HTTP_HOST: host, JIEYUE_HTTP_URL: url })).auth.mode).toBe(mode);
  });

  it.each([
    [{ JIEYUE_AUTH_MODE: "open", JIEYUE_HTTP_HOST: "0.0.0.0" }, "auth.mode: open is for loopback only, but http.host is 0.0.0.0; use password"],
    [
      { JIEYUE_AUTH_MODE: "open", JIEYUE_HTTP_URL: "https://j.example" },
      "auth.mode: open is for loopback only, but http.url is https://j.example; use password",
    ],
    [{ JIEYUE_MQTT_HOST: "0.0.0.0" }, "mqtt.host: the embedded broker listens on 0.0.0.0 only with mqtt.users; give each gateway a name and a password"],
    [{ JIEYUE_MQTT_URL: "http://broker" }, "mqtt.url: must be mqtt://host:port or mqtts://host:port"],
    [{ JIEYUE_MQTT_PORT: "8026" }, "mqtt.port: 8026 is http.port too"],
    [{ JIEYUE_MQTT_USERNAME: "u" }, "mqtt.username: is for an external broker; give mqtt.url too"],
    [{ JIEYUE_MQTT_URL: "mqtt://b", JIEYUE_MQTT_PASSWORD: "p" }, "mqtt.password: needs mqtt.username"],
    [{ JIEYUE_MQTT_URL: "mqtts://b", JIEYUE_MQTT_CA: "/absent/ca.pem" }, "mqtt.ca: there is no file /absent/ca.pem"],
    [{ JIEYUE_INFLUX_URL: "http://127.0.0.1:8086", JIEYUE_INFLUX_ORG: "o", JIEYUE_INFLUX_BUCKET: "b" }, "influx.token: is needed with influx.url"],
    [
      { JIEYUE_INFLUX_URL: "http://u:p@127.0.0.1:8086", JIEYUE_INFLUX_TOKEN: "t", JIEYUE_INFLUX_ORG: "o", JIEYUE_INFLUX_BUCKET: "b" },
      "influx.url: holds a name or a password; put them into influx.token",
    ],
    [{ JIEYUE_INFLUX_CA: "/absent/ca.pem" }, "influx.ca: needs an https:// address in influx.url"],
    [
      { JIEYUE_INFLUX_URL: "https://i", JIEYUE_INFLUX_TOKEN: "t", JIEYUE_INFLUX_ORG: "o", JIEYUE_INFLUX_BUCKET: "b", JIEYUE_INFLUX_CA: "/absent/ca.pem" },
      "influx.ca: there is no file /absent/ca.pem",
    ],
    [{ JIEYUE_INFLUX_READ: "older" }, "influx.read: needs influx.url"],
    [{ JIEYUE_HTTP_URL: "jieyue.example" }, "http.url: must be an address such as https://jieyue.example.gov.cn"],
  ])("refuse %j", (env, problem) => {
    expect(problemsOf(load(env as Record<string, string>))).toEqual([problem]);
  });

  it("refuse an encrypted connection's authority on a plain one", () => {
    const ca = file("-----BEGIN CERTIFICATE-----", "ca.pem");
    expect(problemsOf(load({ JIEYUE_MQTT_URL: "mqtt://b", JIEYUE_MQTT_CA: ca }))).toEqual([
      "mqtt.ca: needs an mqtts:// address in mqtt.url; mqtt:// is not encrypted",
    ]);
    expect(load({ JIEYUE_MQTT_URL: "mqtts://b", JIEYUE_MQTT_CA: ca }).ok).toBe(true);
  });

  it("check who may speak for which device", () => {
    const user = (devices: string[]) => ({ username: "g", passwordHash: "$argon2id$x", devices });
    const users = JSON.stringify([user(["*", "hall/*", "hall/ac-301"]), user(["hall/#", "+/ac-301", "hall"])]);
    const problems = problemsOf(load({ JIEYUE_MQTT_USERS: users }));
    expect(problems).toEqual([
      'mqtt.users[1].username: "g" is used twice',
      ...[0, 1, 2].map((n) => `mqtt.users[1].devices[${n}]: must be *, <building>/* or <building>/<device>`),
    ]);
  });

  it("take a name and password out of the broker's address, where a log would show them", () => {
    const { mqtt } = settingsOf(load({ JIEYUE_MQTT_URL: "mqtt://ji:p%40ss@broker:1884" }));
    expect(mqtt).toMatchObject({ url: "mqtt://broker:1884", username: "ji", password: "p@ss" });
  });
});

describe("channels", () => {
  const url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7abc";
  it("come from the file or, all of them, as JSON from the environment", () => {
    const expected = { group: { kind: "wecom", url, perMinute: 20 } };
    expect(settingsOf(load({ JIEYUE_CHANNELS: JSON.stringify({ group: { kind: "wecom", url } }) })).channels).toEqual(expected);
    expect(problemsOf(load({ JIEYUE_CHANNELS: "group" }))).toEqual(["JIEYUE_CHANNELS: must be an object in JSON"]);
    expect(problemsOf(load({ JIEYUE_CHANNELS: '{"group":{"kind":"wecom","url":"x"}}' }))).toContainEqual(
      expect.stringMatching(/^JIEYUE_CHANNELS: channels\.group\.url: /),
    );
    file(`channels: { group: { kind: wecom, url: "${url}" } }\n`);
    expect(settingsOf(load()).channels).toEqual(expected);
  });

  it("are told every mistake by its path, none with its secret", () => {
    file(`channels:
  page: { kind: wecom, url: "${url}" }
  Group: { kind: wecom, url: "${url}" }
  a: { kind: pigeon }
  b: { kind: wecom, url: "https://qyapi.weixin.qq.com/send?clef=693a91f6-7abc" }
  c: { kind: webhook, url: "https://user:693a91f6-7abc@x.example/", secret: 693a91f6-7abc }
  d: { kind: mail, host: h, from: a@b.cn, password: 693a91f6-7abc }
  e: { kind: push, subject: "mailto:a@b.cn", services: ["https://x"] }
  f: { kind: mail, host: h, from: a@b.cn, colour: red }
`);
    const problems = problemsOf(load());
    for (const told of [
      /channels.*Group/,
      /channels\.a\.kind/,
      /channels\.b\.url/,
      /channels\.c\.url/,
      /channels\.c\.secret/,
      /channels\.d\.password/,
      /channels\.e\.services/,
      /channels\.f.*colour/,
    ])
      expect(problems).toContainEqual(expect.stringMatching(told));
    expect(problems.join("\n")).not.toContain("693a91f6");
    file(`channels: { page: { kind: wecom, url: "${url}" } }`);
    expect(problemsOf(load())).toEqual([expect.stringMatching(/: channels: .*page/)]);
  });

  it("are what SETTINGS.md gives as its example", () => {
    const reference = readFileSync(join(import.meta.dirname, "../../server/settings/SETTINGS.md"), "utf8");
    const [, example] = /```yaml\n(channels:\n[\s\S]*?)```/.exec(reference)!;
    file(example!);
    expect(Object.keys(settingsOf(load()).channels)).toEqual(["letters", "group", "phones", "texts"]);
  });
});
