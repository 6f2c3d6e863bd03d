/**
 * The month of a thousand meters on the real stores: a reading of each every quarter of an hour for a month (3 million), a tariff by the
 * hour. How long a draft, the close and the documents take, and how long nobody else had a turn meanwhile.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { monthDocument } from "../../server/contract/month-document.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import { createHouse } from "../../server/core/house.ts";
import { step } from "../../server/core/step.ts";
import { createZone } from "../../server/core/zone.ts";
import { createDuckDbHistory } from "../../server/history/duckdb.ts";
import { createLog } from "../../server/log.ts";
import { createMonths } from "../../server/month.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";
import { createDocuments } from "../../server/reports/documents.ts";
import { device, flatTariff, SMALL_ACCOUNT, smallSite } from "../support/small-site.ts";

const HOUR = 3_600_000;
const JUNE = Date.parse("2026-06-01T00:00:00+08:00");
const DEPARTMENTS = 40;

export interface MonthFigures {
  readonly readings: number;
  readonly draftSeconds: number;
  readonly closeSeconds: number;
  readonly docxSeconds: number;
  readonly xlsxSeconds: number;
  /** ms: the longest that the loop was held while it was drafted, closed, and while its documents were written. */
  readonly heldMs: { readonly draft: number; readonly close: number; readonly documents: number };
}

export async function benchMonth(meters: number, days: number): Promise<MonthFigures> {
  const folder = mkdtempSync(join(tmpdir(), "jieyue-bench-month-"));
  const log = createLog("silent");
  const history = createDuckDbHistory({ file: join(folder, "history.duckdb"), log });
  const records = createSqliteRecords({ file: join(folder, "records.sqlite") });
  await history.open();
  await records.open();
  try {
    const departments = Array.from({ length: DEPARTMENTS }, (_, i) => ({ id: `d${i}`, name: `Department ${i}`, chief: null, deputy: null }));
    const tariff = flatTariff("electricity", 0, {
      pricing: {
        kind: "time-of-use",
        prices: { sharp: 1.2, peak: 1, flat: 0.6, valley: 0.3 },
        plans: [{ months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], sharp: [12], peak: [9, 10], valley: [0, 1, 2, 3] }],
      },
    });
    const site = smallSite({
      departments,
      devices: Array.from({ length: meters }, (_, i) => device(`m${i}`, "meter", null, { department: `d${i % DEPARTMENTS}` })),
      account: { ...SMALL_ACCOUNT, tariffs: [tariff] },
    });
    const house = createHouse(site, createCalendar({ timezone: site.timezone, settings: site.calendar, holidays: {} }), []);
    let readings = 0;
    for (let at = JUNE; at <= JUNE + days * 24 * HOUR; at += HOUR / 4) {
      const durable = site.devices.map(
        (d, i) =>
          new Promise<void>((resolve) =>
            history.append(
              {
                device: d.id,
                at,
                received: at,
                late: false,
                readings: [{ name: "energy", value: ((at - JUNE) / HOUR) * (1 + (i % 7) / 10), quality: "good" }],
              },
              resolve,
            ),
          ),
      );
      readings += durable.length;
      await Promise.all(durable);
    }
    const now = JUNE + 31 * 24 * HOUR;
    const months = createMonths({
      house,
      history,
      records,
      now: () => now,
      request: async (by, request) => {
        const { decisions, answer } = step(house, { kind: "person", by, request }, now);
        await records.commit(decisions);
        return answer!;
      },
    });
    const timed = async <T>(what: () => Promise<T>): Promise<readonly [number, T]> => {
      const from = performance.now();
      const result = await what();
      return [(performance.now() - from) / 1000, result];
    };
    const loop = monitorEventLoopDelay({ resolution: 5 });
    const held = () => {
      const most = loop.max / 1e6;
      loop.reset();
      return most;
    };
    loop.enable();
    const [draftSeconds] = await timed(() => months.read("2026-06"));
    const draft = held();
    const [closeSeconds, closed] = await timed(() => months.close("director", "2026-06"));
    if (!closed.ok) throw new Error(closed.refusal.detail);
    const close = held();
    const shown = (await months.read("2026-06"))!;
    const iso = (at: number) => createZone(site.timezone).toIso(at);
    const documents = createDocuments();
    const model = monthDocument({ site, shown, lang: "zh-CN", iso });
    const [docxSeconds] = await timed(() => documents.make({ as: "docx", model }));
    const [xlsxSeconds] = await timed(() => documents.make({ as: "xlsx", model }));
    loop.disable();
    return { readings, draftSeconds, closeSeconds, docxSeconds, xlsxSeconds, heldMs: { draft, close, documents: held() } };
  } finally {
    await history.close();
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
