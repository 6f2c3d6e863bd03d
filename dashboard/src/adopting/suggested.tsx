/** Why a device is taken for what it is suggested as, and which rules would then judge it. */
import type { SuggestionDto } from "../../../server/contract/adopting.ts";
import { t, word } from "../i18n.ts";
import { policyName, spaceName } from "../names.ts";
import { kindReason, spaceReason } from "./words.ts";

export function Suggested({ suggestion }: { readonly suggestion: SuggestionDto }) {
  const { kind, space, policies } = suggestion;
  const why = [kindReason(suggestion), spaceReason(suggestion)].filter((w) => w !== null);
  return (
    <div class="suggested" data-testid="suggested">
      <p>
        <b>
          {kind === null ? t("adopt.kind-unknown") : word("kind", kind.value)} · {space === null ? t("common.no-space") : spaceName(space.value)}
        </b>
        {why.length > 0 && <span class="muted"> {t("suggest.because", { why: why.join(t("suggest.semicolon")) })}</span>}
      </p>
      <p class="muted stranger-why">
        {policies.length === 0 ? t("suggest.no-policies") : t("suggest.policies", { policies: policies.map(policyName).join(t("suggest.comma")) })}
      </p>
    </div>
  );
}
