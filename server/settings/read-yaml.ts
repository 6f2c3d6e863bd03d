/** A YAML file from a person or a stranger, read with its size, its nesting and its aliases bounded. */
import { readFileSync, statSync } from "node:fs";
import { parseDocument } from "yaml";

/** 10,000 devices with three names each take about 3 MB. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Aliases may stand for at most so many nodes: enough to share a scope, too few for a bomb. */
const MAX_ALIASES = 100;
const MAX_PROBLEMS = 20;

export type ReadYaml = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly problems: readonly string[] };

/** The data of a YAML (or JSON) file, or what is wrong with the file, each with line and column. An empty file is `null`. */
export function readYaml(file: string): ReadYaml {
  const wrong = (...problems: string[]): ReadYaml => ({ ok: false, problems: problems.map((p) => `${file}: ${p}`) });
  let source: string;
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return wrong("is not a file.");
    if (stat.size > MAX_BYTES) return wrong(`is ${Math.round(stat.size / 1024 / 1024)} MB; at most ${MAX_BYTES / 1024 / 1024} MB are read.`);
    source = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return wrong("there is no such file.");
    if (code === "EACCES") return wrong("may not be read; check its owner and mode.");
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return wrong("is not UTF-8 text; save it as UTF-8.");
    return wrong(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const document = parseDocument(source, { prettyErrors: true, logLevel: "silent" });
  if (document.errors.length > 0) {
    // A pretty message goes on with an excerpt of the file, which may hold a secret: its first line says enough.
    const shown = document.errors.slice(0, MAX_PROBLEMS).map((e) => e.message.split("\n")[0]!.replace(/:$/, ""));
    return wrong(...shown, ...(document.errors.length > MAX_PROBLEMS ? [`and ${document.errors.length - MAX_PROBLEMS} more.`] : []));
  }
  try {
    return { ok: true, data: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown };
  } catch (error) {
    return wrong(
      error instanceof ReferenceError
        ? `its aliases stand for more than ${MAX_ALIASES} nodes; write them out.`
        : `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
