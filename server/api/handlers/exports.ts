/** Readings and roll-ups as files, made in the background. */
import type { z } from "zod";
import type { exportDto } from "../../contract/exports.ts";
import { pointDefinition } from "../../core/device.ts";
import { problem } from "../../errors.ts";
import type { ExportRun, Exports } from "../../ports/exports.ts";
import type { Office } from "../../ports/office.ts";
import type { Ask, Handlers } from "../route.ts";
import { StoredFile } from "../route.ts";
import { deviceOf } from "./house.ts";

const TYPES = {
  parquet: "application/vnd.apache.parquet",
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;
const DAY = 86_400_000;
const LONGEST_DAYS = 3700;
/** Asked for at a time: each takes a processor and the disk for itself. */
const MOST_WAITING = 5;

function pointsOf(office: Office, body: Ask<"askExport">["body"]): string[] {
  const { house } = office;
  if (body.points !== undefined) {
    for (const point of body.points) {
      const cut = point.lastIndexOf("/");
      const state = deviceOf(house, point.slice(0, Math.max(cut, 0)));
      const name = point.slice(cut + 1);
      if (!state.points.has(name) && pointDefinition(state.device.kind, name) === undefined)
        throw problem("not-found", `${state.device.id} has no point '${name.slice(0, 100)}'; it has ${[...state.points.keys()].join(", ") || "none yet"}.`);
    }
    return [...new Set(body.points)];
  }
  const { devices, kinds, spaces, departments, names } = body;
  const among = <T>(wanted: readonly T[] | undefined, own: T | null) => wanted === undefined || (own !== null && wanted.includes(own));
  const asked = devices === undefined ? [...house.devices.values()] : [...new Set(devices)].map((id) => deviceOf(house, id));
  return asked
    .filter(({ device: d }) => among(kinds, d.kind) && among(spaces, d.space) && among(departments, d.department))
    .flatMap((state) => [...state.points.keys()].filter((name) => among(names, name)).map((name) => `${state.device.id}/${name}`));
}

function runOf(exports: Exports, id: string): ExportRun {
  const run = exports.get(id);
  if (run === null) throw problem("not-found", `There is no export '${id.slice(0, 100)}'; a file is kept for a day, and only while the server runs.`);
  return run;
}

function present(run: ExportRun, iso: (at: number) => string): z.input<typeof exportDto> {
  const { question } = run;
  return {
    id: run.id,
    by: run.by,
    askedAt: iso(run.askedAt),
    endedAt: run.endedAt === null ? null : iso(run.endedAt),
    state: run.state,
    points: question.points.length,
    from: iso(question.from),
    to: iso(question.to),
    step: question.step,
    format: question.format,
    progress: Math.round(run.progress * 1000) / 1000,
    rows: run.rows,
    bytes: run.bytes,
    error: run.error,
    code: run.code,
    file: run.state === "done" ? `/api/v1/exports/${run.id}/file` : null,
  };
}

export function exportHandlers(exports: Exports): Handlers<"exports" | "askExport" | "export" | "exportFile" | "cancelExport"> {
  return {
    exports: { run: ({ eyes }) => ({ items: exports.list().map((run) => present(run, eyes.iso)), next: null }) },
    askExport: {
      async run({ office, actor, eyes, body, query }) {
        const [from, to] = [Date.parse(body.from), Date.parse(body.to)];
        if (from >= to) throw problem("bad-period", "from: must be before to.");
        if (to - from > LONGEST_DAYS * DAY) throw problem("too-long", `An export holds at most ${LONGEST_DAYS} days.`);
        const points = pointsOf(office, body);
        if (points.length === 0) throw problem("no-history", "No point that was ever heard fits this choice: there is nothing to export.");
        if (exports.waiting >= MOST_WAITING)
          throw problem(
            "too-many-requests",
            `${MOST_WAITING} exports wait already; they run one after the other. Cancel one with DELETE /api/v1/exports/{id}.`,
          );
        const run = exports.ask(actor.id, { points, from, to, step: body.step, format: body.format });
        if (query.wait === "1") await exports.over(run.id);
        return present(runOf(exports, run.id), eyes.iso);
      },
    },
    export: { run: ({ eyes, id }) => present(runOf(exports, id), eyes.iso) },
    cancelExport: {
      async run({ eyes, id }) {
        runOf(exports, id);
        await exports.cancel(id);
        return present(runOf(exports, id), eyes.iso);
      },
    },
    exportFile: {
      async run({ id, eyes }) {
        const run = runOf(exports, id);
        const file = await exports.file(id);
        if (file === null) throw problem("not-found", `The export '${run.id}' has no file: it is ${run.state}${run.error === null ? "" : ` (${run.error})`}.`);
        const day = (at: number) => eyes.iso(at).slice(0, 10);
        const name = `jieyue-${run.question.step}-${day(run.question.from)}-${day(run.question.to)}.${run.question.format}`;
        return new StoredFile(TYPES[run.question.format], name, file.path, file.bytes);
      },
    },
  };
}
