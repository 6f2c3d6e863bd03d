/**
 * Mail, by SMTP (RFC 5321) through any server of the office's.
 *
 * A reply of 4xx passes, 5xx stays (RFC 5321, 4.2.1). `Message-ID` is made of the notice, so that the same notice twice is one letter for
 * whoever sorts them; `Auto-Submitted` keeps answering machines quiet (RFC 3834). The library `nodemailer` speaks the protocol.
 */
import { readFile } from "node:fs/promises";
import { createTransport } from "nodemailer";
import type { SettingsOf } from "../contract/channels.ts";
import type { Message } from "../contract/message.ts";
import type { MakeChannel } from "./channel.ts";
import { NO_ADDRESS, peopleWith, shortName } from "./channel.ts";
import type { Failed } from "./exchange.ts";
import { mask } from "./exchange.ts";
import { mailHtml, mailText } from "./mail-body.ts";
import { cut, oneLine } from "./text.ts";

const QUOTED = 200;
/** One mailbox and nothing that could make two of it. */
const MAILBOX = /^[^\s<>,;:"()[\]\\@\p{Cc}]+@[^\s<>,;:"()[\]\\@\p{Cc}]+$/u;

export const createMail: MakeChannel<"mail"> = (id, settings, { people, withinMs, now }) => {
  const secrets = [
    settings.password,
    Buffer.from(settings.password).toString("base64"),
    Buffer.from(`\0${settings.username}\0${settings.password}`).toString("base64"),
  ];
  const quote = (text: string): string => `${settings.host}: ${cut(oneLine(mask(text, settings.password === "" ? [] : secrets)), QUOTED)}`;
  return {
    id,
    kind: "mail",
    personal: true,
    perMinute: settings.perMinute,
    reaches: peopleWith(people, (person) => person.email),
    async send(message) {
      const address = message.person?.email ?? null;
      if (address === null) return NO_ADDRESS;
      if (!MAILBOX.test(address)) return { ok: false, retry: false, error: "the person's mail address is none" };
      let ca: string | undefined;
      try {
        ca = settings.ca === "" ? undefined : await readFile(settings.ca, "utf8");
      } catch {
        return { ok: false, retry: false, error: `${settings.ca} cannot be read: the channel's ca must be a PEM file that the server may read` };
      }
      const signal = AbortSignal.timeout(withinMs);
      const transport = createTransport(transportOf(settings, ca, withinMs));
      try {
        await transport.sendMail({ ...letterOf(settings, message, address, now()), signal });
        return { ok: true };
      } catch (error) {
        if (signal.aborted) return { ok: false, retry: true, error: quote(`no answer within ${withinMs / 1000} s`) };
        return judge(error, quote);
      } finally {
        transport.close();
      }
    },
  };
};

function transportOf(settings: SettingsOf<"mail">, ca: string | undefined, withinMs: number) {
  const { host, port, security, username, password } = settings;
  return {
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    tls: { minVersion: "TLSv1.2" as const, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
    ...(username === "" ? {} : { auth: { user: username, pass: password } }),
    connectionTimeout: withinMs,
    greetingTimeout: withinMs,
    socketTimeout: withinMs,
    dnsTimeout: withinMs,
    // A server that has said what it wants to say need not be waited for.
    socketCloseTimeout: 1000,
    logger: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function letterOf(settings: SettingsOf<"mail">, message: Message, address: string, at: number) {
  const domain = /@([^\s<>]+?)>?$/.exec(settings.from)?.[1] ?? "localhost";
  return {
    from: settings.from,
    to: { name: oneLine(message.person?.name ?? ""), address },
    subject: cut(oneLine(message.subject), 200),
    text: mailText(message),
    html: mailHtml(message),
    date: new Date(at),
    messageId: `<${shortName(message)}@${domain}>`,
    headers: { "Auto-Submitted": "auto-generated" },
    ...(message.severity === "high" ? { priority: "high" as const } : {}),
  };
}

/** What nodemailer threw: the server's word where it spoke, else what kept it from being asked. */
function judge(error: unknown, quote: (text: string) => string): Failed {
  const { code, responseCode, message } = error as { readonly code?: unknown; readonly responseCode?: unknown; readonly message?: unknown };
  const said = quote(typeof message === "string" ? message : String(error));
  if (typeof responseCode === "number") return { ok: false, retry: responseCode < 500, error: said };
  // A certificate that is wrong, encryption that is not offered and a login that is missing stay so until somebody changes them.
  const passes = typeof code === "string" && ["ECONNECTION", "ETIMEDOUT", "EDNS", "EPROTOCOL"].includes(code);
  const socket = code === "ESOCKET" && !/certificate|self-signed|SSL|TLS|altname/i.test(said);
  return { ok: false, retry: passes || socket, error: said };
}
