/** The setting `channels`: what messages go out by, by a name of one's own. One schema a kind; secrets stand here and nowhere else. */
import { z } from "zod";

const perMinute = (most: number) =>
  z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(most)
    .meta({ description: `Messages that may leave in any 60 s; more are gathered into one. Default ${most}.` });
const address = z.url({ protocol: /^https?$/, error: "must be an http or https address" });
const secret = z.string().min(1);

const mail = z.strictObject({
  kind: z.literal("mail"),
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(587),
  /** tls: from the first byte (465). starttls: must be offered. none: only where the way to the server is safe by itself. */
  security: z.enum(["tls", "starttls", "none"]).default("starttls"),
  ca: z.string().default(""),
  username: z.string().default(""),
  password: z.string().default(""),
  from: z.string().min(3).max(200),
  perMinute: perMinute(60),
});

const webhook = z.strictObject({
  kind: z.literal("webhook"),
  url: address,
  /** Signs each message: header `webhook-signature`, by the Standard Webhooks specification. */
  secret,
  perMinute: perMinute(60),
});

const wecom = z.strictObject({ kind: z.literal("wecom"), url: address, perMinute: perMinute(20) });
const dingtalk = z.strictObject({ kind: z.literal("dingtalk"), url: address, secret: z.string().default(""), perMinute: perMinute(20) });
const feishu = z.strictObject({ kind: z.literal("feishu"), url: address, secret: z.string().default(""), perMinute: perMinute(20) });

const ntfy = z.strictObject({
  kind: z.literal("ntfy"),
  /** The server. */
  url: address,
  token: z.string().default(""),
  /** A topic for all; absent: each person's own, of the site file. */
  topic: z
    .string()
    .regex(/^[-_A-Za-z0-9]{1,64}$/)
    .optional(),
  perMinute: perMinute(60),
});

const push = z.strictObject({
  kind: z.literal("push"),
  /** Whom a push service may ask (RFC 8292): mailto: or https:. */
  subject: z.string().regex(/^(mailto:|https:)/, "must begin with mailto: or https:"),
  perMinute: perMinute(60),
});

const sms = z.strictObject({
  kind: z.literal("sms"),
  method: z.enum(["GET", "POST", "PUT"]).default("POST"),
  /** `{phone}`, `{text}`, `{spoken}`, `{subject}`, `{id}` are filled in, each encoded for where it stands. */
  url: address,
  headers: z.record(z.string().min(1), z.string()).default({}),
  body: z.string().max(10_000).default(""),
  contentType: z.enum(["application/json", "application/x-www-form-urlencoded", "text/plain"]).default("application/json"),
  /** What the answer of a gateway that took the message contains; absent: a status of 2xx is enough. */
  success: z.string().min(1).optional(),
  perMinute: perMinute(10),
});

export const channelSchema = z.discriminatedUnion("kind", [mail, webhook, wecom, dingtalk, feishu, ntfy, push, sms]);
export type ChannelSettings = z.infer<typeof channelSchema>;
export type ChannelKind = ChannelSettings["kind"];
/** The settings of one kind. */
export type SettingsOf<K extends ChannelKind> = Extract<ChannelSettings, { kind: K }>;

export const channelsSchema = z
  .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "a channel's name has small letters, digits and -"), channelSchema)
  .refine((channels) => !("page" in channels), 'the name "page" is the dashboard\'s own')
  .default({})
  .meta({ description: "What alerts go out by, by names of your own; see Channels below. The page itself needs no entry." });
