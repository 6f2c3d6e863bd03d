import { describe, expect, it } from "vitest";
import { createLog } from "../../server/log.ts";

function written(level: "info" | "warn" | "silent", write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLog(level, { write: (line: string) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("the log", () => {
  it("is one line of JSON a message, facts beside the sentence", () => {
    const [line] = written("info", (log) => log.info({ http: 8026, mqtt: 1883 }, "listening"));
    expect(line).toMatchObject({ level: "info", msg: "listening", http: 8026, mqtt: 1883 });
    expect(Date.parse(String(line!["time"]))).not.toBeNaN();
  });

  it("leaves out what is less severe than its level", () => {
    const write = (log: ReturnType<typeof createLog>): void => {
      log.info({}, "a");
      log.warn({}, "b");
    };
    expect(written("warn", write).map((l) => l["msg"])).toEqual(["b"]);
    expect(written("silent", write)).toEqual([]);
  });

  it("shows no secrets", () => {
    const [line] = written("info", (log) =>
      log.info({ password: "abc", mqtt: { password: "abc", url: "mqtt://b" }, influx: { nested: { token: "abc" } } }, "x"),
    );
    expect(JSON.stringify(line)).not.toContain("abc");
    expect(line).toMatchObject({ mqtt: { url: "mqtt://b" } });
  });
});
