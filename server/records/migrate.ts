import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { Migrator } from "kysely/migration";
import { first } from "./migrations/0001-first.ts";
import { auditChain } from "./migrations/0002-audit-chain.ts";
import { bookings } from "./migrations/0005-bookings.ts";
import { alarmHealth } from "./migrations/0008-alarm-health.ts";
import { alerting } from "./migrations/0007-alerting.ts";
import { exemptions } from "./migrations/0006-exemptions.ts";
import { handsOff } from "./migrations/0004-hands-off.ts";
import { mappings } from "./migrations/0012-mappings.ts";
import { meters } from "./migrations/0010-meters.ts";
import { months } from "./migrations/0009-months.ts";
import { savings } from "./migrations/0011-savings.ts";
import type { Tables } from "./tables.ts";

/** Forward only, in this order; a released one is never edited. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-first": first,
  "0002-audit-chain": auditChain,
  "0004-hands-off": handsOff,
  "0005-bookings": bookings,
  "0006-exemptions": exemptions,
  "0007-alerting": alerting,
  "0008-alarm-health": alarmHealth,
  "0009-months": months,
  "0010-meters": meters,
  "0011-savings": savings,
  "0012-mappings": mappings,
};

/** Brings the database to the newest form, or leaves it as it was. A database that a newer program wrote is refused with what to do. */
export async function migrate(db: Kysely<Tables>, migrations: Readonly<Record<string, Migration>> = MIGRATIONS): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const detail = error instanceof Error ? error.message : JSON.stringify(error);
  if (detail.startsWith("corrupted migrations")) {
    throw new Error(
      `The records were written by a newer Jieyue than this one (${detail}). Run that version or a newer one, or give this one a data folder of its own.`,
      { cause: error },
    );
  }
  throw new Error(`The records could not be brought up to date: ${detail}`, { cause: error });
}
