import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mosquitto } from "../support/mosquitto.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";

const root = join(import.meta.dirname, "../..");
/** The recorded table stands beside the project, or JIEYUE_ROBOD names it; without it three made-up days of the same form stand in. */
const RECORDED = process.env["JIEYUE_ROBOD"] ?? join(root, "../shared/data/robod_room1.csv");
const recorded = existsSync(RECORDED);

interface Row {
  readonly at: string;
  readonly light: number;
  readonly fcu: number;
  readonly present: boolean;
}

/** A room that is used 09:00–12:00, whose lamps burn until 15:00 and whose air conditioning runs until 18:00. */
function madeUpTable(header: string): string {
  const columns = header.split(",");
  const lines = [header];
  for (const day of ["07", "08", "09"]) {
    for (let minute = 0; minute < 1440; minute += 5) {
      const hour = minute / 60;
      const present = hour >= 9 && hour < 12;
      const row: Record<string, string> = {
        timestamp: `2021-09-${day} ${String(Math.floor(hour)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")} +08:00`,
        "lighting_energy [kWh]": hour >= 9 && hour < 15 ? "0.15" : "0.0114",
        "fcu_fan_energy [kWh]": hour >= 9 && hour < 18 ? "0.03" : "0",
        "chilled_water_energy [kWh]": hour >= 9 && hour < 18 ? "0.5" : "0",
        "temp_setpoint [Celsius]": "26",
        "air_temperature [Celsius]": "26.5",
        "illuminance [lux]": "200",
        "occupant_presence [binary]": present ? "1" : "0",
        "occupant_count [number]": present ? "5" : "0",
      };
      lines.push(columns.map((c) => row[c] ?? "0").join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}

/** What the table itself says: five-minute intervals with the lamps, or the fan coil, on while nobody is there (thresholds of the mapping file). */
function wasteInTable(text: string): { readonly lights: number; readonly fans: number } {
  const [head, ...lines] = text.trim().split("\n");
  const columns = head!.split(",");
  const at = (name: string) => columns.findIndex((c) => c.startsWith(name));
  const rows: Row[] = lines.map((line) => {
    const cells = line.split(",");
    return {
      at: cells[0]!,
      light: Number(cells[at("lighting_energy")]) * 12_000,
      fcu: Number(cells[at("fcu_fan_energy")]) * 12_000,
      present: Number(cells[at("occupant_presence")]) > 0,
    };
  });
  return { lights: rows.filter((r) => !r.present && r.light > 1200).length, fans: rows.filter((r) => !r.present && r.fcu > 120).length };
}

describe(`a recorded room on mosquitto (${recorded ? "ROBOD room 1, 29 days" : "made up, 3 days"})`, () => {
  let folder: string;
  let broker: Mosquitto;
  let server: ServerProcess;
  let file: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "jieyue-robod-"));
    file = RECORDED;
    if (!recorded) {
      file = join(folder, "room.csv");
      writeFileSync(file, madeUpTable(HEADER));
    }
    broker = await startMosquitto();
    server = await startServerProcess(folder, {
      JIEYUE_MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
      JIEYUE_SITE_FILE: join(root, "simulators/replay/robod-room1-site.yaml"),
      JIEYUE_CLOCK_SOURCE: "follow",
    });
    await eventually(
      () => fetch(`${server.url}/readyz`),
      (r) => r.status === 200,
    );
    const code = await new Promise<number | null>((resolve) => {
      const args = [
        "--url",
        `mqtt://127.0.0.1:${broker.port}`,
        "--replay",
        file,
        "--mapping",
        join(root, "simulators/replay/robod-room1.yaml"),
        "--rate",
        "5000",
      ];
      spawn(process.execPath, [join(root, "simulators/main.ts"), ...args], { stdio: "ignore" }).once("exit", resolve);
    });
    if (code !== 0) throw new Error(`the replay ended with ${code}`);
  });
  afterAll(async () => {
    await server?.kill();
    await broker?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is found to be lit and cooled while empty: the intervals that the table itself shows, less the holds", async () => {
    const rows = readFileSync(file, "utf8").trim().split("\n").length - 1;
    await eventually(
      async () => Number(/jieyue_intake_fates_total\{fate="taken"\} (\d+)/.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1] ?? 0),
      (taken) => taken >= rows * 6,
      60,
    );
    const { items } = await server.get<{ items: { policy: string; findings: number; open: number; hours: number; kwh: number }[] }>(
      "/reports/findings?from=2021-09-01T00:00:00Z&to=2022-01-01T00:00:00Z",
    );
    const of = (policy: string) => items.find((i) => i.policy === policy) ?? { findings: 0, open: 0, hours: 0, kwh: 0 };
    const truth = wasteInTable(readFileSync(file, "utf8"));
    const table = items.map(
      (i) =>
        `${i.policy.padEnd(22)} ${String(i.findings).padStart(4)} findings ${String(Math.round(i.hours * 12)).padStart(5)} intervals of 5 min ${i.hours.toFixed(1).padStart(7)} h ${i.kwh.toFixed(1).padStart(7)} kWh`,
    );
    process.stdout.write(`\n${table.join("\n")}\nin the table itself: ${truth.lights} intervals lit, ${truth.fans} cooled while empty\n`);
    for (const [policy, intervals, hold] of [
      ["vacant-lights-off", truth.lights, 2],
      ["vacant-ac-off", truth.fans, 4],
    ] as const) {
      const { findings, hours, kwh } = of(policy);
      expect(findings).toBeGreaterThan(0);
      expect(kwh).toBeGreaterThan(0);
      // A finding begins when its hold (10 or 20 min) is over, so of each stretch at most so many intervals are not in it.
      expect(hours * 12).toBeLessThanOrEqual(intervals + findings);
      expect(hours * 12).toBeGreaterThan((intervals - findings * hold) * 0.75 - hold * 40);
    }
  });
});

const HEADER =
  "timestamp,voc [ppb],sound_pressure_level [dba],indoor_relative_humidity [%],air_temperature [Celsius],illuminance [lux],pm2.5 [mu_g/m3],indoor_co2 [ppm],wifi_connected_devices [number],ceiling_fan_energy [kWh],lighting_energy [kWh],plug_load_energy [kWh],chilled_water_energy [kWh],fcu_fan_energy [kWh],temp_setpoint [Celsius],fcu_fan_speed [Hz],supply_air_pressure [Pa],supply_air_temperature [Celsius],baromatic_pressure [hPa],dry_bulb_temp [Celsius],global_horizontal_solar_radiation [W/m2],wind_direction [Degree],wind_speed [m/s],outdoor_co2 [ppm],outdoor_relative_humidity [%],occupant_presence [binary],occupant_count [number]";
