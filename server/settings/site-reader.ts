/** Reads the site file and the holiday file in a process of its own and hands their data over. argv: site file, holiday file. */
import { readSite } from "./load.ts";

const [siteFile, holidaysFile] = process.argv.slice(2) as [string, string];
process.send!(readSite(siteFile, holidaysFile), () => process.disconnect?.());
