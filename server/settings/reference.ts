/** Every setting as a row: what names it in the file and in the environment, and the reference for people. */
import { z } from "zod";
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
no underscore inside a word: \`mqtt.clientId\` is \`JIEYUE_MQTT_CLIENTID\`. A list is given as JSON. A variable \`JIEYUE_…\` that names no
setting is a mistake, and so is an unknown key in the file: at the start every mistake is listed with its path, and the exit code is 2.

| setting | environment | default | range | what it is |
|---|---|---|---|---|
${rows.join("\n")}

Each entry of \`mqtt.users\`:

| key | default | what it is |
|---|---|---|
${userRows.join("\n")}

Rules between settings:

- \`auth.mode: open\` only while \`http.host\` is a loopback address and \`http.url\` is empty or names one. Left empty, the mode is \`open\` there and \`password\` everywhere else.
- The embedded broker listens beyond loopback only with \`mqtt.users\`.
- \`influx.url\` needs \`influx.token\`, \`influx.org\` and \`influx.bucket\`.
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
