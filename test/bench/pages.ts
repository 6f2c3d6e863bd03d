/**
 * So many open pages in a process of their own, as plain WebSockets that speak just enough of socket.io: what they hear is looked
 * through for the words that are waited for, and not taken apart, so that the machine is left to the server.
 * argv: http port, pages. Messages: {expect: text} answers {text, listening: true} at once and {text, at: [epoch ms per page]} when every page
 * has heard it (or 20 s are over).
 */
const [port, count] = process.argv.slice(2).map(Number) as [number, number];

interface Expected {
  readonly text: string;
  readonly heard: Map<number, number>;
}

const expected: Expected[] = [];
let ready = 0;

function hear(page: number, data: string): void {
  const now = Date.now();
  for (const e of expected) {
    if (e.heard.has(page) || !data.includes(e.text)) continue;
    e.heard.set(page, now);
    if (e.heard.size === count) done(e);
  }
}

function done(e: Expected): void {
  const i = expected.indexOf(e);
  if (i < 0) return;
  expected.splice(i, 1);
  process.send?.({ text: e.text, at: [...e.heard.values()] });
}

for (let page = 0; page < count; page++) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live/?EIO=4&transport=websocket`);
  socket.addEventListener("message", ({ data }: { data: unknown }) => {
    const text = String(data);
    if (text.startsWith("0{")) socket.send("40{}");
    else if (text === "2") socket.send("3");
    else {
      // A page that began anew hears it by its snapshot.
      if (text.startsWith('42["snapshot"') && ++ready === count) process.send?.({ ready: true });
      hear(page, text);
    }
  });
  socket.addEventListener("close", () => {
    process.stderr.write("a page was closed\n");
  });
}

process.on("message", (m: { expect?: string; stop?: true }) => {
  if (m.stop === true) process.exit(0);
  if (m.expect === undefined) return;
  const e: Expected = { text: m.expect, heard: new Map() };
  expected.push(e);
  process.send?.({ text: e.text, listening: true });
  setTimeout(() => done(e), 20_000);
});
