/** A thread that copies the records' file as of one moment, while they are written. */
import { DatabaseSync } from "node:sqlite";
import { workerData } from "node:worker_threads";

const { from, to } = workerData as { readonly from: string; readonly to: string };
const database = new DatabaseSync(from, { readOnly: true, timeout: 10_000 });
database.prepare("VACUUM INTO ?").run(to);
database.close();
