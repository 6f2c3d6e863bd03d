/** The setting `channels`: what messages go out by, by a name of one's own. One schema a kind; secrets stand here and nowhere else. */
import { z } from "zod";
import { PUSH_SERVICES } from "./push.ts";

const perMinute = (most: number) =>
  z.number().int().min(1).max(1000).default(most).meta({ description: "Messages that may leave in any 60 s; more are gathered into one." });
/** An http address with nothing in it that a request could not carry: no name and password, no blank. */
const address = z.url({ protocol: /^https?$/, error: "must be an http or https address" }).regex(/^[a-z]+:\/\/[^\s/?#@\\]+([/?#][^\s\\]*)?$/i, {
  error: "must be an address without a user name, blanks or backslashes",
});
const said = (description: string) => z.string().max(1000).default("").meta({ description });
/** What may stand in a header (RFC 9110, 5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const mail = z.strictObject({
  kind: z.literal("mail"),
  host: z.string().min(1).regex(/^\S+$/, "must be a host name").meta({ description: "The mail server (SMTP)." }),
  port: z.number().int().min(1).max(65_535).default(587).meta({ description: "Its port: 587 with starttls, 465 with tls, 25 inside an office." }),
  security: z.enum(["tls", "starttls", "none"]).default("starttls").meta({
    description: "`tls`: encrypted from the first byte. `starttls`: the server must offer it. `none`: only where the way to the server is safe by itself.",
  }),
  ca: said("PEM file of the authority that signed the server's certificate; empty = the usual ones."),
  username: said("User name at the mail server; empty = none is asked for."),
  password: said("Its password."),
  from: z
    .string()
    .max(200)
    .regex(
      /^(?:[^<>"\p{Cc}]*<[^\s<>,;:"()\\@]+@[^\s<>,;:"()\\@]+>|[^\s<>,;:"()\\@]+@[^\s<>,;:"()\\@]+)$/u,
      'must be one address, such as "Jieyue <jieyue@example.gov.cn>"',
    )
    .meta({ description: "The sender, such as `Jieyue <jieyue@example.gov.cn>`." }),
  perMinute: perMinute(60),
});

const webhook = z.strictObject({
  kind: z.literal("webhook"),
  url: address.meta({ description: "Where each message is posted as JSON." }),
  secret: z
    .string()
    // 24 to 64 bytes in base64: 32 to 86 characters before the padding.
    .regex(
      /^whsec_(?=[A-Za-z0-9+/]{32,86}={0,2}$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
      "must be whsec_ and 24 to 64 random bytes in base64, as `openssl rand -base64 32` makes them",
    )
    .meta({ description: "Signs each message by the Standard Webhooks specification: `whsec_` and 24 to 64 random bytes in base64." }),
  perMinute: perMinute(60),
});

const wecom = z.strictObject({
  kind: z.literal("wecom"),
  url: address
    .regex(/[?&]key=[^&]+/, "must be the robot's whole address, with key=")
    .meta({ description: "The group robot's address, `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…`." }),
  perMinute: perMinute(20),
});

const dingtalk = z.strictObject({
  kind: z.literal("dingtalk"),
  url: address
    .regex(/[?&]access_token=[^&]+/, "must be the robot's whole address, with access_token=")
    .meta({ description: "The group robot's address, `https://oapi.dingtalk.com/robot/send?access_token=…`." }),
  secret: said("The robot's `SEC…` where its security setting is a signature (加签); empty where it is a keyword or an address."),
  perMinute: perMinute(20),
});

const feishu = z.strictObject({
  kind: z.literal("feishu"),
  url: address
    .regex(/\/bot\/v2\/hook\/[^/?#]+$/, "must be the robot's whole address, ending in /bot/v2/hook/…")
    .meta({ description: "The group robot's address, `https://open.feishu.cn/open-apis/bot/v2/hook/…`." }),
  secret: said("The robot's secret where its security setting is a signature (签名校验); empty where it is a keyword or an address."),
  mentions: z
    .record(z.string().min(1), z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be an open_id or user_id"))
    .default({})
    .meta({ description: "Person → their `open_id` or `user_id` at Feishu, which is all its group robots can mention people by." }),
  perMinute: perMinute(20),
});

const ntfy = z.strictObject({
  kind: z.literal("ntfy"),
  url: address.meta({ description: "The server, such as `https://ntfy.example.gov.cn`." }),
  token: z
    .string()
    .max(200)
    .regex(/^[!-~]*$/, "has characters that no token has")
    .default("")
    .meta({ description: "Access token (`tk_…`) where the server asks for one." }),
  topic: z
    .string()
    .regex(/^[-_A-Za-z0-9]{1,64}$/, "must be letters, digits, - and _")
    .optional()
    .meta({ description: "A topic that a group reads; absent: each person's own, of the site file." }),
  perMinute: perMinute(60),
});

const push = z.strictObject({
  kind: z.literal("push"),
  subject: z
    .string()
    .max(200)
    .regex(/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/, "must be mailto: with an address, or an https address")
    .meta({ description: "Whom a push service may ask (RFC 8292): `mailto:` or `https:`." }),
  services: z
    .array(z.string().regex(/^([a-z0-9-]+(\.[a-z0-9-]+)*|\[::1\])$/, "must be a host name in small letters"))
    .min(1)
    .default([...PUSH_SERVICES])
    .meta({ description: "Hosts (and all below them) at which a browser may have its push service; any other is refused." }),
  perMinute: perMinute(60),
});

const sms = z.strictObject({
  kind: z.literal("sms"),
  method: z.enum(["GET", "POST", "PUT"]).default("POST").meta({ description: "How the gateway is called." }),
  url: address
    .regex(/^[a-z]+:\/\/[^/?#{}]+([/?#]|$)/i, "must name its host itself, without {…}")
    .regex(/^(?![^?]*\{(text|spoken|subject|link)\})/, "may have {text}, {spoken}, {subject} and {link} only after the ?")
    .meta({ description: "The gateway's address. `{phone}` and `{id}` may stand anywhere after the host, the rest after the `?`." }),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "is no name of a header"),
      z.string().regex(HEADER_VALUE, "has characters that no header can carry"),
    )
    .default({})
    .meta({ description: "Headers, sent as they stand here, such as an authorization." }),
  body: z
    .string()
    .max(10_000)
    .default("")
    .meta({ description: "The body, with `{phone}`, `{text}`, `{spoken}`, `{subject}`, `{link}`, `{id}` to be filled in, each encoded for where it stands." }),
  contentType: z
    .enum(["application/json", "application/x-www-form-urlencoded", "text/plain"])
    .default("application/json")
    .meta({ description: "What the body is." }),
  success: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "What the answer of a gateway that took the message contains; absent: a status of 2xx is enough." }),
  longest: z
    .number()
    .int()
    .min(50)
    .max(2000)
    .default(300)
    .meta({ description: "Characters of `{text}` and `{spoken}`; what is left out is counted in the last line." }),
  perMinute: perMinute(10),
});

/** What two keys of a channel demand of each other. */
function agree(channel: z.infer<typeof channelKinds>, wrong: (path: string, message: string) => void): void {
  if (channel.kind === "mail") {
    if (channel.password !== "" && channel.username === "") wrong("password", "needs a username");
    if (channel.ca !== "" && channel.security === "none") wrong("ca", "is of no use with security none");
    if (channel.security === "none" && channel.password !== "") wrong("password", "would be sent in clear: use security tls or starttls");
  }
  if (channel.kind === "sms") {
    if (channel.method === "GET" && channel.body !== "") wrong("body", "cannot be sent with GET");
    if (channel.body !== "" && channel.contentType === "application/json" && !isJson(channel.body)) wrong("body", "must be JSON, each {…} inside a text");
    for (const name of Object.keys(channel.headers))
      if (/^(content-type|content-length|host|connection|transfer-encoding)$/i.test(name)) wrong(`headers.${name}`, "is set by the server itself");
    if (!/\{phone\}/.test(channel.url + channel.body)) wrong("url", "neither it nor the body has {phone}: nobody would be called");
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const channelKinds = z.discriminatedUnion("kind", [mail, webhook, wecom, dingtalk, feishu, ntfy, push, sms]);
export const channelSchema = channelKinds.superRefine((channel, context) =>
  agree(channel, (path, message) => context.addIssue({ code: "custom", path: path.split("."), message })),
);
export type ChannelSettings = z.infer<typeof channelSchema>;
export type ChannelKind = ChannelSettings["kind"];
/** The settings of one kind. */
export type SettingsOf<K extends ChannelKind> = Extract<ChannelSettings, { kind: K }>;

export const channelsSchema = z
  .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "a channel's name has small letters, digits and -"), channelSchema)
  .refine((channels) => !("page" in channels), 'the name "page" is the dashboard\'s own')
  .default({})
  .meta({ description: "What alerts go out by, by names of your own; see Channels below. The page itself needs no entry." });
