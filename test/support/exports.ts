import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createExports } from "../../server/keeping/exports.ts";
import type { Exports } from "../../server/ports/exports.ts";
import type { FakeOffice } from "./office.ts";

/** Exports of a fake office's history, into a folder of its own. */
export function exportsOf(office: FakeOffice, folder: string): Exports {
  return createExports({ history: office.history, dir: join(folder, "exports"), now: () => office.now, id: () => randomUUID() });
}
