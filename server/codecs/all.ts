/** Every ecosystem, in the order of its rank: of two that describe one device the earlier tells more. */
import type { SourcesSettings } from "../contract/sources.ts";
import type { Codec } from "./codec.ts";

export function createCodecs(settings: SourcesSettings): readonly Codec[] {
  const codecs: readonly Codec[] = [];
  return codecs.filter((c) => !settings.off.some((off) => off === c.id));
}
