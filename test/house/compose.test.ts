import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { SETTINGS } from "../../server/settings/reference.ts";

const root = join(import.meta.dirname, "../..");

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
}
const compose = parse(readFileSync(join(root, "docker-compose.yml"), "utf8")) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
};
const services = Object.entries(compose.services);

describe("the composed services", () => {
  it("publish no port beyond this machine", () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBe(3);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it("have no secret of their own: each comes from outside", () => {
    const secrets = services.flatMap(([, service]) => Object.entries(service.environment ?? {}).filter(([name]) => /PASSWORD|TOKEN/.test(name)));
    expect(secrets.length).toBeGreaterThanOrEqual(4);
    for (const [name, value] of secrets) expect(value, name).toMatch(/^\$\{\w+:(\?.+|-)\}$/);
  });

  it("give the server only settings that there are", () => {
    const known = new Set(SETTINGS.map((setting) => setting.variable));
    const given = Object.keys(compose.services["server"]?.environment ?? {});
    expect(given.length).toBeGreaterThan(0);
    expect(given.filter((name) => !known.has(name))).toEqual([]);
    const image = [...readFileSync(join(root, "Dockerfile"), "utf8").matchAll(/JIEYUE_[A-Z_]+/g)].map((match) => match[0]);
    expect(image.filter((name) => !known.has(name))).toEqual([]);
  });

  it("have a broker that keeps what waits and knows who speaks", () => {
    const lines = compose.configs["mosquitto"]!.content.split("\n");
    expect(lines).toEqual(expect.arrayContaining(["persistence true", "max_inflight_messages 0", "max_queued_messages 0", "allow_anonymous false"]));
  });
});
