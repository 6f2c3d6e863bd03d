/** Why a device is taken for what it is suggested as, and which rules would then judge it. */
import type { SuggestionDto } from "../../../server/contract/adopting.ts";
import { t, word } from "../i18n.ts";
import { spaceName } from "../names.ts";
import { because, judgedBy } from "./words.ts";

export function Suggested({ suggestion }: { readonly suggestion: SuggestionDto }) {
  const { kind, space } = suggestion;
  const why = because(suggestion);
  return (
    <div class="suggested" data-testid="suggested">
      <p>
        <b>
          {kind === null ? t("adopt.kind-unknown") : word("kind", kind.value)} · {space === null ? t("common.no-space") : spaceName(space.value)}
        </b>
        {why !== null && <span class="muted"> {why}</span>}
      </p>
      <p class="muted stranger-why">{judgedBy(suggestion)}</p>
    </div>
  );
}
