/** Reads the site file and the holiday file in a thread of their own and hands their data over. */
import { parentPort, workerData } from "node:worker_threads";
import { readSite } from "./load.ts";

const { siteFile, holidaysFile } = workerData as { readonly siteFile: string; readonly holidaysFile: string };
parentPort!.postMessage(readSite(siteFile, holidaysFile));
