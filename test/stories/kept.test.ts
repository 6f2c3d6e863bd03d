import { DuckDBInstance } from "@duckdb/node-api";
import readXlsx from "read-excel-file/node";
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { controlPath } from "../../server/keeping/control.ts";
import { readBackup } from "../../server/keeping/manifest.ts";
import { restoreBackup } from "../../server/keeping/restore.ts";
import type { Page } from "../../server/ports/records.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { startServerProcess } from "../support/server-process.ts";

const root = join(import.meta.dirname, "../..");
let folder: string;
let server: ServerProcess | null = null;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "jieyue-keep-"))));
afterEach(async () => {
  await server?.kill();
  server = null;
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs one of the command lines in the test's folder. */
function run(script: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "server", script), ...args], {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", JIEYUE_DATA_DIR: join(folder, "data") },
    });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.once("exit", (code) => resolve({ code, out, err }));
  });
}

async function publish(port: number, numbers: readonly number[]): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: "meter", reconnectPeriod: 0 }, false);
  await Promise.all(numbers.map((n) => client.publishAsync("jieyue/hall/plug-301/state", JSON.stringify({ sequence: n, energy: 100 + n / 1000 }), { qos: 1 })));
  await client.endAsync();
}

async function stored(of: ServerProcess): Promise<number[]> {
  const page = await of.get<Page<{ value: number }>>(`/readings?point=hall/plug-301/sequence&from=0&to=${Date.now() + 60_000}&limit=5000`);
  return page.items.map((i) => i.value).sort((a, b) => a - b);
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe("a backup while the server runs, put back into an empty folder", () => {
  it("has all that was acknowledged before it, and the server goes on", async () => {
    server = await startServerProcess(folder);
    await publish(server.mqtt!, upTo(500));
    expect((await server.send("PUT", "/policies/cooling-floor", { mode: "observe", params: { hold: 77 } })).status).toBe(200);
    const more = publish(server.mqtt!, upTo(1500).slice(500));
    const backup = await run("backup.ts", "--to", "kept");
    await more;
    expect(backup.code, backup.err).toBe(0);
    const made = backup.out.trim();
    expect(made.startsWith(join(folder, "kept", "jieyue-"))).toBe(true);
    expect(backup.err).toMatch(/readings: \d+ MB/);
    expect(statSync(made).mode & 0o077).toBe(0);
    expect(readdirSync(join(folder, "kept")).some((name) => name.endsWith(".partial"))).toBe(false);
    const { files } = await readBackup(made);
    expect(files.map((f) => f.name)).toEqual(expect.arrayContaining(["history.duckdb", "records.sqlite", "session-secret"]));
    expect(await stored(server)).toEqual(upTo(1500));

    const refused = await run("restore.ts", made);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("a server runs on");
    await server.kill();
    const occupied = await run("restore.ts", made);
    expect(occupied).toMatchObject({ code: 1 });
    expect(occupied.err).toContain("--replace");

    const restored = await run("restore.ts", made, "--replace");
    expect(restored.code, restored.err).toBe(0);
    expect(readdirSync(folder).some((name) => name.startsWith("data.before-"))).toBe(true);
    server = await startServerProcess(folder);
    const kept = await stored(server);
    expect(kept.slice(0, 500)).toEqual(upTo(500));
    expect(new Set(kept).size).toBe(kept.length);
    const { items } = await server.get<Page<{ id: string; mode: string; params: readonly { name: string; value: unknown }[] }>>("/policies");
    expect(JSON.stringify(items.find((p) => p.id === "cooling-floor"))).toContain("77");
  });

  it("can be made without a server too", async () => {
    server = await startServerProcess(folder);
    await publish(server.mqtt!, upTo(50));
    await server.stop();
    // A folder may be named from here or from the root on.
    const backup = await run("backup.ts", "--to", join(folder, "kept"));
    expect(backup.code, backup.err).toBe(0);
    expect(backup.out.startsWith(join(folder, "kept", "jieyue-"))).toBe(true);
    await restoreBackup(backup.out.trim(), join(folder, "data-2"), { replace: false, now: () => 0, progress: () => undefined });
    server = await startServerProcess(folder, { JIEYUE_DATA_DIR: join(folder, "data-2") });
    expect(await stored(server)).toEqual(upTo(50));
  });

  it("says in words what cannot be", async () => {
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "a-file"), "");
    server = await startServerProcess(folder);
    const nowhere = await run("backup.ts", "--to", "a-file/inside");
    expect(nowhere.code).toBe(1);
    expect(nowhere.err).toContain("The backup failed");
    expect((await run("backup.ts", "--two")).code).toBe(2);
    expect((await run("restore.ts")).code).toBe(2);
    expect((await run("restore.ts", "kept", "other")).code).toBe(2);
  });

  it("takes no nonsense at its socket, which only its user may open", async () => {
    server = await startServerProcess(folder);
    const path = controlPath(join(folder, "data"));
    expect(statSync(path).mode & 0o077).toBe(0);
    for (const said of [
      '{"ask":"backup"}\n',
      "nonsense\n",
      `${"x".repeat(20_000)}`,
      '{"ask":"stop","to":"/"}\n',
      '{"__proto__":{"ask":"backup"},"to":"/"}\n',
    ]) {
      const answer = await new Promise<string>((resolve) => {
        const socket = connectSocket(path);
        let text = "";
        socket.on("data", (chunk) => (text += chunk.toString()));
        socket.on("close", () => resolve(text));
        socket.on("error", () => undefined);
        socket.write(said);
      });
      expect(JSON.parse(answer.trim())).toMatchObject({ say: "failed" });
    }
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});

describe("an export", () => {
  interface Run {
    readonly id: string;
    readonly state: string;
    readonly rows: number;
    readonly progress: number;
    readonly error: string | null;
    readonly file: string | null;
  }

  it("writes readings and roll-ups as CSV, Parquet and XLSX, and lets nothing be taken for a formula", async () => {
    server = await startServerProcess(folder);
    const client = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`, { clientId: "meter", reconnectPeriod: 0 }, false);
    const at = Date.now() - 7_200_000;
    const say = (values: object, minute: number) =>
      client.publishAsync("jieyue/hall/plug-301/state", JSON.stringify({ ...values, ts: at + minute * 60_000 }), { qos: 1 });
    for (let minute = 0; minute <= 60; minute++) await say({ energy: 100 + minute / 100, power: 600 }, minute);
    await say({ note: '=HYPERLINK("x")' }, 61);
    // Windows are over when something younger was heard.
    await say({ energy: 100.6 }, 90);
    await client.endAsync();
    const range = { from: new Date(at - 600_000).toISOString(), to: new Date(at + 3_700_000).toISOString() };
    const ask = async (body: object): Promise<Run> => {
      const response = await server!.send("POST", "/exports?wait=1", { ...range, ...body });
      expect(response.status, await response.clone().text()).toBe(202);
      return (await response.json()) as Run;
    };
    const fetched = async (run: Run) => {
      expect(run).toMatchObject({ state: "done", error: null, progress: 1 });
      const response = await fetch(`${server!.url}${run.file}`);
      expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="jieyue-(raw|5m)-[-0-9]+\.(csv|parquet|xlsx)"$/);
      return Buffer.from(await response.arrayBuffer());
    };

    const csv = await ask({ devices: ["hall/plug-301"], format: "csv" });
    expect(csv.rows).toBe(123);
    const lines = (await fetched(csv)).toString("utf8").trim().split("\n");
    expect(lines[0]).toBe("point,time,received,value,text,quality");
    expect(lines).toHaveLength(124);
    expect(lines[1]).toMatch(/^hall\/plug-301\/energy,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,.*,100\.0,,good$/);
    expect(lines.at(-1)).toContain(`"'=HYPERLINK(""x"")"`);

    const parquet = await ask({ points: ["hall/plug-301/energy"], step: "5m", format: "parquet" });
    const file = join(folder, "x.parquet");
    writeFileSync(file, await fetched(parquet));
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const [[total, count] = []] = await (await connection.run(`SELECT sum(total), count(*)::INTEGER FROM '${file}'`)).getRows();
    expect(Number(total)).toBeCloseTo(0.6, 6);
    expect(count).toBe(parquet.rows);
    connection.closeSync();
    instance.closeSync();

    const xlsx = await ask({ devices: ["hall/plug-301"], format: "xlsx" });
    const [{ data: sheet } = { data: [] }] = await readXlsx(await fetched(xlsx));
    expect(sheet).toHaveLength(124);
    expect(sheet[0]).toEqual(["point", "time", "received", "value", "text", "quality"]);
    expect(sheet.at(-1)).toContain('=HYPERLINK("x")');

    const named = await ask({ kinds: ["plug"], spaces: ["hall/301"], departments: ["office"], names: ["energy"], format: "csv" });
    expect((await fetched(named)).toString("utf8")).not.toMatch(/power|note/);
    expect(named.rows).toBe(61);

    // What makes no sense is refused in words; what is over cannot be fetched twice in another way.
    for (const [body, status] of [
      [{ points: ["hall/plug-301/nothing"] }, 404],
      [{ devices: ["hall/nowhere"] }, 404],
      [{ from: range.to, to: range.from }, 422],
      [{ from: "yesterday" }, 422],
      [{ format: "exe" }, 422],
      [{ kinds: ["rocket"] }, 422],
      [{ kinds: ["plug"], spaces: ["hall/nowhere"] }, 422],
      [{ names: ["nothing"] }, 422],
      [{ step: "1m" }, 422],
    ] as const)
      expect((await server.send("POST", "/exports", { ...range, ...body })).status).toBe(status);
    expect((await server.send("DELETE", `/exports/${csv.id}`)).status).toBe(200);
    expect((await fetch(`${server.url}/api/v1/exports/nothing/file`)).status).toBe(404);
    const { items } = await server.get<Page<Run>>("/exports");
    expect(items.map((r) => r.id)).toEqual([named.id, xlsx.id, parquet.id, csv.id]);
    await server.stop();
    expect(existsSync(join(folder, "data", "exports"))).toBe(false);
  });
});

describe("a backup that is not whole", () => {
  it("is put back nowhere", async () => {
    server = await startServerProcess(folder);
    await publish(server.mqtt!, upTo(5));
    const made = (await run("backup.ts", "--to", "kept")).out.trim();
    const options = { replace: false, now: () => 0, progress: () => undefined };
    const to = join(folder, "data-2");
    const manifest = readFileSync(join(made, "manifest.json"), "utf8");
    const cases: [() => void, RegExp][] = [
      [() => writeFileSync(join(made, "manifest.json"), "{"), /is no JSON/],
      [
        () => writeFileSync(join(made, "manifest.json"), manifest.replace('"name": "records.sqlite"', '"name": "../records.sqlite"')),
        /manifest\.json: files\.\d+\.name/,
      ],
      [() => writeFileSync(join(made, "manifest.json"), manifest.replace('"name": "records.sqlite"', '"name": "other.sqlite"')), /names no records\.sqlite/],
      [() => appendFileSync(join(made, "history.duckdb"), "x"), /not what the backup's manifest says/],
      [() => rmSync(join(made, "history.duckdb")), /is missing/],
      [() => rmSync(join(made, "manifest.json")), /is no backup/],
    ];
    for (const [damage, words] of cases) {
      damage();
      await expect(restoreBackup(made, to, options)).rejects.toThrow(words);
      expect(existsSync(to)).toBe(false);
      if (existsSync(join(made, "manifest.json"))) writeFileSync(join(made, "manifest.json"), manifest);
    }
  });
});
