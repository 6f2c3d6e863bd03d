/** Every setting as a row: what names it in the file and in the environment, and the reference for people. */
import { z } from "zod";
import type { ChannelKind } from "../contract/channels.ts";
import { channelSchema } from "../contract/channels.ts";
import { settingsSchema } from "../contract/settings.ts";

export interface SettingRow {
  readonly path: readonly string[];
  /** `JIEYUE_MQTT_CLIENTID` for `mqtt.clientId`: the path in capitals, joined by underscores. */
  readonly variable: string;
  readonly type: string;
  readonly default: unknown;
  readonly range: string;
  readonly description: string;
}

interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly const?: string;
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
}

const schema = z.toJSONSchema(settingsSchema, { io: "input" }) as Node;

function walk(node: Node, path: readonly string[]): SettingRow[] {
  if (node.properties !== undefined) return Object.entries(node.properties).flatMap(([name, child]) => walk(child, [...path, name]));
  return [
    {
      path,
      variable: `JIEYUE_${path.join("_").toUpperCase()}`,
      type: node.type === "array" ? "list" : (node.type ?? "string"),
      default: node.default,
      range: rangeOf(node),
      description: node.description ?? "",
    },
  ];
}

function rangeOf(node: Node): string {
  if (node.enum !== undefined) return node.enum.map((v) => (v === "" ? "empty" : `\`${v}\``)).join(", ");
  if (node.minimum !== undefined && node.maximum !== undefined) return `${node.minimum} to ${node.maximum}`;
  if (node.maxLength !== undefined) return `${node.minLength ?? 0} to ${node.maxLength} characters`;
  return "";
}

/** Every setting that has a value of its own, in the order of the schema. */
export const SETTINGS: readonly SettingRow[] = walk(schema, []);

const shown = (value: unknown): string => (value === "" ? "empty" : `\`${JSON.stringify(value)}\``);

/** What each kind of channel is, in one sentence, and whom it reaches. */
const CHANNEL_KINDS: Readonly<Record<ChannelKind, string>> = {
  mail: "A letter to the person's `email` of the site file.",
  webhook: "Each message as JSON to a program of yours; how it is signed stands below.",
  wecom: "A group robot of WeCom (企业微信). Whoever has a `phone` in the site file is mentioned by it.",
  dingtalk: "A group robot of DingTalk (钉钉). Whoever has a `phone` in the site file is mentioned by it.",
  feishu: "A group robot of Feishu (飞书). It can mention people only by the ids in `mentions`; others are named.",
  ntfy: "An ntfy server: to the person's `ntfy` topic of the site file, or to one topic that a group reads.",
  push: "Notifications of the browser, on a phone too, for whoever allowed them on the page. The key pair is made once and kept as `vapid.json` in `data.dir`: back it up, for with another every browser must subscribe again.",
  sms: "Any gateway for text messages or calls that takes an HTTP request, to the person's `phone` of the site file.",
};

/** The keys of each kind of channel, from its own schema. */
function channelsReference(): string {
  const kinds = z.toJSONSchema(channelSchema, { io: "input" }) as Node;
  return (kinds.oneOf ?? kinds.anyOf ?? [])
    .map(({ properties = {}, required = [] }) => {
      const kind = properties["kind"]!.const as ChannelKind;
      const rows = Object.entries(properties)
        .filter(([name]) => name !== "kind")
        .map(([name, node]) => {
          const usual = node.default !== undefined ? shown(node.default) : required.includes(name) ? "must be given" : "none";
          return `| \`${name}\` | ${usual} | ${rangeOf(node)} | ${node.description ?? ""} |`;
        });
      return `\`kind: ${kind}\` ${CHANNEL_KINDS[kind]}\n\n| key | default | range | what it is |\n|---|---|---|---|\n${rows.join("\n")}`;
    })
    .join("\n\n");
}

/** The reference (Markdown) of all settings: what SETTINGS.md holds. */
export function settingsReference(): string {
  const rows = SETTINGS.map((s) => `| \`${s.path.join(".")}\` | \`${s.variable}\` | ${shown(s.default)} | ${s.range} | ${s.description} |`);
  const users = schema.properties?.["mqtt"]?.properties?.["users"]?.items;
  const userRows = Object.entries(users?.properties ?? {}).map(
    ([name, node]) => `| \`${name}\` | ${node.default === undefined ? "must be given" : shown(node.default)} | ${node.description ?? ""} |`,
  );
  return `# Settings

Made from server/contract/settings.ts by test/settings/reference.test.ts (\`npx vitest run test/settings/reference.test.ts -u\` writes it anew). Do not edit.

One YAML file: \`--config FILE\`, else the file that \`JIEYUE_CONFIG\` names, else \`./jieyue.yaml\` if it is there. A variable of the
environment outranks the file; an empty one counts as not given. Its name is the setting's path in capitals, joined by underscores, with
no underscore inside a word: \`mqtt.clientId\` is \`JIEYUE_MQTT_CLIENTID\`. A list, and \`channels\`, are given as JSON. A variable \`JIEYUE_…\` that names no
setting is a mistake, and so is an unknown key in the file: at the start every mistake is listed with its path, and the exit code is 2.

| setting | environment | default | range | what it is |
|---|---|---|---|---|
${rows.join("\n")}

Each entry of \`mqtt.users\`:

| key | default | what it is |
|---|---|---|
${userRows.join("\n")}

## Channels

\`channels\` gives each way by which alerts leave the house a name of your own (small letters, digits, \`-\`; \`page\` is the dashboard's).
As a variable, \`JIEYUE_CHANNELS\` is the whole of it as JSON. A redirect is followed nowhere, certificates are always checked, an answer
is awaited for 30 s, and no address, key or password is ever logged or shown.

${channelsReference()}

Whoever receives a \`webhook\` checks it by the [Standard Webhooks](https://www.standardwebhooks.com) specification: base64 of HMAC-SHA256,
by the bytes that the secret's base64 after \`whsec_\` stands for, over header \`webhook-id\`, a dot, header \`webhook-timestamp\` (Unix seconds),
a dot and the body as it came, is one of the \`v1,…\` in header \`webhook-signature\`; and the timestamp is within five minutes. The same
message has the same \`webhook-id\` whenever it comes. The body is \`{ "type": "notice.raised", "timestamp": …, "data": … }\`; \`data\` is a
\`Message\` of server/contract/message.ts. Any 2xx accepts; 408, 425, 429 and 5xx are tried again, after \`Retry-After\` where that is given.

\`\`\`yaml
channels:
  letters: { kind: mail, host: smtp.example.gov.cn, username: jieyue, password: "…", from: "节约 <jieyue@example.gov.cn>" }
  group: { kind: wecom, url: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…" }
  phones: { kind: push, subject: "mailto:office@example.gov.cn" }
  texts:
    kind: sms
    url: https://sms.example.cn/send
    headers: { authorization: APPCODE 0123456789 }
    body: '{"to":"{phone}","template":"SMS_1","params":"{\\"what\\":\\"{text}\\"}"}'
\`\`\`

## Rules and an example

Rules between settings:

- \`auth.mode: open\` only while \`http.host\` is a loopback address and \`http.url\` is empty or names one. Left empty, the mode is \`open\` there and \`password\` everywhere else.
- The embedded broker listens beyond loopback only with \`mqtt.users\`.
- \`influx.url\` needs \`influx.token\`, \`influx.org\` and \`influx.bucket\`, and holds no name or password; \`influx.read: older\` needs \`influx.url\`, and \`influx.ca\` one that begins with \`https://\`.
- \`mqtt.ca\` needs an \`mqtts://\` address; a user name and password inside \`mqtt.url\` are taken out of it and used as \`mqtt.username\` and \`mqtt.password\`.

An example:

\`\`\`yaml
http: { host: 0.0.0.0, port: 8026, url: https://jieyue.example.gov.cn }
mqtt: { url: mqtts://broker.example.gov.cn:8883, username: jieyue, ca: /etc/jieyue/ca.pem } # password: JIEYUE_MQTT_PASSWORD
data: { dir: /var/lib/jieyue }
site: { file: /etc/jieyue/site.yaml }
\`\`\`
`;
}
