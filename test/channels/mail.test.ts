import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import type { SMTPServerOptions } from "smtp-server";
import { afterAll, describe, expect, it } from "vitest";
import { channelSchema } from "../../server/contract/channels.ts";
import { mailHtml } from "../../server/channels/mail-body.ts";
import { makeCertificates } from "../support/certificates.ts";
import { alert, channelOf, keptLog, message, person } from "./messages.ts";
import { closedPort } from "./peer.ts";
import type { Rig } from "./suite.ts";
import { channelSuite } from "./suite.ts";

const folder = mkdtempSync(join(tmpdir(), "jieyue-mail-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ca = makeCertificates(folder);
const tls = { key: readFileSync(join(folder, "server.key")), cert: readFileSync(join(folder, "server.pem")) };
const PASSWORD = "mail-password-1234";

interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly secure: boolean;
  readonly user: string | undefined;
}

type Reply = { readonly at: "mail" | "rcpt" | "data" | "auth"; readonly code: number; readonly text: string } | null;

/** A real mail server. */
async function createMailServer(options: SMTPServerOptions = {}) {
  const letters: Letter[] = [];
  const kept = { reply: null as Reply };
  const refuse = (at: string): Error | null => (kept.reply?.at === at ? Object.assign(new Error(kept.reply.text), { responseCode: kept.reply.code }) : null);
  const server = new SMTPServer({
    ...tls,
    logger: false,
    authMethods: ["PLAIN", "LOGIN"],
    onAuth: ({ username, password }, _, done) =>
      refuse("auth") !== null ? done(refuse("auth")) : username === "jieyue" && password === PASSWORD ? done(null, { user: username }) : done(null, {}),
    onMailFrom: (_, __, done) => done(refuse("mail")),
    onRcptTo: (_, __, done) => done(refuse("rcpt")),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const error = refuse("data");
        if (error !== null) return done(error);
        const { mailFrom, rcptTo } = session.envelope;
        letters.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map((one) => one.address),
          raw: Buffer.concat(chunks).toString("utf8"),
          secure: session.secure,
          user: session.user,
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    letters,
    reply: (reply: Reply) => void (kept.reply = reply),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** Header fields and parts of a letter (RFC 5322, 2045, 2047), read for the test alone. */
function readLetter(raw: string) {
  const split = (text: string) => {
    const end = text.indexOf("\r\n\r\n");
    const fields = text
      .slice(0, end)
      .replace(/\r\n[ \t]+/g, " ")
      .split("\r\n")
      .map((line): [string, string] => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]);
    return { fields, get: (name: string) => fields.find(([key]) => key === name)?.[1] ?? "", body: text.slice(end + 4) };
  };
  const word = (text: string) =>
    text
      .replace(/\?=\s+=\?/g, "?==?")
      .replace(/(?:=\?utf-8\?([bq])\?([^?]*)\?=)/gi, (_, encoding: string, value: string) =>
        encoding.toLowerCase() === "b"
          ? `\ue000${value}\ue001`
          : Buffer.from(
              value.replaceAll("_", " ").replace(/=([0-9A-F]{2})/g, (__, hex: string) => String.fromCharCode(parseInt(hex, 16))),
              "latin1",
            ).toString("utf8"),
      )
      .replace(/(?:\ue000[^\ue001]*\ue001)+/g, (run) =>
        Buffer.concat([...run.matchAll(/\ue000([^\ue001]*)\ue001/g)].map((found) => Buffer.from(found[1]!, "base64"))).toString("utf8"),
      );
  const decode = (part: ReturnType<typeof split>): string => {
    const how = part.get("content-transfer-encoding").toLowerCase();
    if (how === "base64") return Buffer.from(part.body, "base64").toString("utf8");
    if (how === "quoted-printable")
      return Buffer.from(
        part.body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
        "latin1",
      ).toString("utf8");
    return part.body;
  };
  const whole = split(raw);
  const boundary = /boundary="([^"]+)"/.exec(whole.get("content-type"))?.[1] ?? "";
  const parts = whole.body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((text) => split(text.replace(/^\r\n/, "")));
  const part = (type: string) => decode(parts.find((one) => one.get("content-type").startsWith(type))!).replaceAll("\r\n", "\n");
  return { names: whole.fields.map(([name]) => name), get: (name: string) => word(whole.get(name)), text: part("text/plain"), html: part("text/html") };
}

const settings = (port: number, more: object = {}) => ({
  kind: "mail",
  host: "localhost",
  port,
  ca,
  username: "jieyue",
  password: PASSWORD,
  from: "节约 <jieyue@example.gov.cn>",
  ...more,
});

/** Takes a connection and says nothing; or a line every so often, without end. */
async function silentServer(drip: boolean): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    if (!drip) return;
    // Greets as it should; what it can do it tells so slowly, a line at a time, that it never comes to an end.
    socket.write("220 slow.example ESMTP\r\n");
    const timer = setInterval(() => socket.write("250-X-MORE\r\n"), 50);
    socket.once("close", () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

const HEADERS = [
  "from",
  "to",
  "subject",
  "message-id",
  "date",
  "mime-version",
  "content-type",
  "auto-submitted",
  "x-priority",
  "x-msmail-priority",
  "importance",
];

async function createRig(): Promise<Rig> {
  const server = await createMailServer();
  const silent = await silentServer(false);
  let hangs = false;
  return {
    channel: async (options) => channelOf(settings(hangs ? silent.port : server.port), options),
    lost: async () => channelOf(settings(await closedPort())),
    answer: (how) => {
      hangs = how === "hang";
      server.reply(
        how === "temporary"
          ? { at: "rcpt", code: 451, text: "try again later" }
          : how === "permanent"
            ? { at: "rcpt", code: 550, text: "no such mailbox" }
            : null,
      );
    },
    arrived: () =>
      server.letters.map(({ raw, to, from }) => {
        expect([from, to]).toEqual(["jieyue@example.gov.cn", ["chief@example.gov.cn"]]);
        const letter = readLetter(raw);
        expect(letter.names.filter((name) => !HEADERS.includes(name))).toEqual([]);
        expect(raw.split("\r\n").every((line) => Buffer.byteLength(line) <= 998)).toBe(true);
        const hrefs = [...letter.html.matchAll(/<a [^>]*href="([^"]*)"/g)].map((found) => found[1]!);
        const tags = [...letter.html.matchAll(/<(script|font|img|style|iframe|at)\b/gi)].map((found) => `tag:${found[0]}`);
        const shown = letter.html.replace(/<[^>]*>/g, " ");
        return { seen: `${letter.get("subject")}\n${letter.text}\n${shown}`, links: [...hrefs, ...tags] };
      }),
    close: async () => {
      await server.close();
      await silent.close();
    },
  };
}
channelSuite("mail", createRig);

describe("a letter", () => {
  it("goes encrypted, signed in, to one mailbox; reads well as text and as HTML; is one letter however often it is sent", async () => {
    const server = await createMailServer();
    const channel = channelOf(settings(server.port));
    await channel.send(message());
    await channel.send(message());
    await channel.send(message({ id: "notice-2", severity: "low", person: { ...message().person!, name: 'W"; <x@y>,\r\nBcc: z' } }));
    await server.close();
    const [first, again, other] = server.letters as [Letter, Letter, Letter];
    expect(first).toMatchObject({ secure: true, user: "jieyue", to: ["chief@example.gov.cn"] });
    const letter = readLetter(first.raw);
    expect([letter.get("from"), letter.get("to"), letter.get("subject")]).toEqual([
      "节约 <jieyue@example.gov.cn>",
      "王芳 <chief@example.gov.cn>",
      "严重:会议室 302 无人而空调开着",
    ]);
    expect(letter.get("message-id")).toMatch(/^<[0-9a-f]{32}@example\.gov\.cn>$/);
    expect(readLetter(again.raw).get("message-id")).toBe(letter.get("message-id"));
    expect(readLetter(other.raw).get("message-id")).not.toBe(letter.get("message-id"));
    expect(letter.get("auto-submitted")).toBe("auto-generated");
    expect([letter.get("importance"), readLetter(other.raw).get("importance")]).toEqual(["High", ""]);
    expect(other.to).toEqual(["chief@example.gov.cn"]);
    expect(letter.text.trim()).toBe(
      [
        "[严重] 会议室 302 无人而空调开着\n三楼 · 会议室 302 · 8月3日 14:05\n打开并确认: https://jieyue.example/act/abc123",
        "在系统中查看: https://jieyue.example/#/alerts?ids=a1",
        "“打开并确认”的链接只供您本人使用，一次有效，请勿转发。",
      ].join("\n\n"),
    );
    expect(letter.html).toMatch(/<a href="https:\/\/jieyue\.example\/act\/abc123"[^>]*>打开并确认<\/a>/);
    expect(letter.html).toContain('<meta name="color-scheme" content="light dark">');
    // The ground and the text are the reader's own: a colour of either would be unreadable on the other.
    expect(letter.html.replace(/<a [^>]*>/g, "")).not.toMatch(/[^-]background|[";]color:/);
    expect(letter.html).not.toMatch(/https?:\/\/(?!jieyue\.example)|src=/);
  });

  it("counts what it does not name, in the reader's language", () => {
    const html = mailHtml(message({ language: "en", alerts: [alert({ link: null })], count: 5 }));
    expect(html).toContain("and 4 more");
    expect(html).not.toContain("yours alone");
    expect(html).toContain('<html lang="en">');
  });
});

describe("a mail server", () => {
  const told = async (reply: Reply, more: object = {}, options: SMTPServerOptions = {}) => {
    const server = await createMailServer(options);
    server.reply(reply);
    const log = keptLog();
    const delivered = await channelOf(settings(server.port, more), { log }).send(message());
    await server.close();
    expect(JSON.stringify([delivered, log.lines])).not.toContain(PASSWORD);
    return delivered;
  };
  it.each([
    ["mail", 421, true],
    ["mail", 553, false],
    ["rcpt", 450, true],
    ["rcpt", 452, true],
    ["rcpt", 550, false],
    ["data", 451, true],
    ["data", 552, false],
    ["data", 554, false],
    ["auth", 454, true],
    ["auth", 535, false],
  ] as const)("that answers at %s with %i is worth another try: %s", async (at, code, retry) => {
    expect(await told({ at, code, text: `because \r\nof ${PASSWORD}` })).toMatchObject({ ok: false, retry, error: expect.stringMatching(/^localhost: /) });
  });

  it("with another password, another authority or no encryption at all gets no letter", async () => {
    expect(await told(null, { password: "wrong-password" })).toMatchObject({ ok: false, retry: false });
    expect(await told(null, { ca: "" })).toMatchObject({ ok: false, retry: false, error: expect.stringMatching(/certificate|self-signed/) });
    expect(await told(null, {}, { hideSTARTTLS: true, disabledCommands: ["STARTTLS"] })).toMatchObject({ ok: false, retry: false });
    expect(await told(null, { ca: join(folder, "none.pem") })).toMatchObject({
      ok: false,
      retry: false,
      error: expect.stringContaining("none.pem cannot be read"),
    });
  });

  it("may speak TLS from the first byte, or nothing of it where the settings say so", async () => {
    expect(await told(null, { security: "tls" }, { secure: true })).toEqual({ ok: true });
    expect(await told(null, { security: "none", ca: "", username: "", password: "" }, { authOptional: true })).toEqual({ ok: true });
  });

  it("that says a line now and then, without end, is not waited for longer", async () => {
    const server = await silentServer(true);
    expect(await channelOf(settings(server.port), { withinMs: 500 }).send(message())).toMatchObject({
      ok: false,
      retry: true,
      error: expect.stringContaining("within 0.5 s"),
    });
    await server.close();
  });
});

describe("whom mail reaches", () => {
  it("is whoever has one mailbox", async () => {
    const people = [person({ email: "a@example.cn" }), person({ id: "other" })];
    const channel = channelOf(settings(1), { people });
    expect(channel).toMatchObject({ personal: true, reaches: ["chief"] });
    const to = (email: string | null) => channel.send(message({ person: { ...message().person!, email } }));
    expect(await to(null)).toEqual({ ok: false, retry: false, error: "no-address" });
    for (const email of ["a@b.cn,c@d.cn", "a@b.cn\r\nRCPT TO:<x@y.cn>", "<a@b.cn>", "a b@c.cn", "@", "a@b@c.cn"])
      expect(await to(email)).toMatchObject({ ok: false, retry: false, error: expect.stringContaining("mail address") });
  });

  it.each([
    [{ from: "a@b.cn, c@d.cn" }, "from"],
    [{ from: "A <a@b.cn>\r\nBcc: x@y.cn" }, "from"],
    [{ from: "nobody" }, "from"],
    [{ security: "none", ca: "" }, "password"],
    [{ username: "" }, "password"],
    [{ security: "none", password: "" }, "ca"],
    [{ host: "a b" }, "host"],
  ])("refuses settings that cannot be meant: %j", (changes, path) => {
    const read = channelSchema.safeParse({ ...settings(25), ...changes });
    expect(read.error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });
});
