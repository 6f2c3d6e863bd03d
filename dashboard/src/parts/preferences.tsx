/** Who I am here, in which language, in which light. */
import { chooseLanguage, lang, t, text, word } from "../i18n.ts";
import { LANG_NAMES, LANGS, type Lang } from "../../../server/contract/words/languages.ts";
import { be, me, signOut } from "../me.ts";
import { departmentName } from "../names.ts";
import { site } from "../store.ts";
import { dark, toggleTheme } from "../theme.ts";
import { Icon } from "./icon.tsx";
import { tellProblem } from "./notice.tsx";

async function become(person: string): Promise<void> {
  const answer = await be(person);
  if (!answer.ok) tellProblem(answer.problem);
}

function Who() {
  const who = me.value;
  if (who === null) return null;
  if (who.mode === "open") {
    return (
      <label class="who">
        <span class="label">{t("who.be")}</span>
        <select data-testid="person-select" value={who.person?.id ?? ""} onChange={(event) => void become(event.currentTarget.value)}>
          {who.person === null && <option value="">{t("who.nobody")}</option>}
          {site.value?.people.map((p) => (
            <option key={p.id} value={p.id}>{`${text(p.name)} · ${word("role", p.role)}`}</option>
          ))}
        </select>
      </label>
    );
  }
  if (who.person === null)
    return (
      <a class="button" href="/sign-in">
        {t("sign-in.title")}
      </a>
    );
  return (
    <div class="who signed-in">
      <span>
        <b>{text(who.person.name)}</b>
        <small>
          {[word("role", who.person.role), who.person.department === null ? "" : departmentName(who.person.department)].filter((s) => s !== "").join(" · ")}
        </small>
      </span>
      <button type="button" class="plain small" onClick={() => void signOut()}>
        {t("who.sign-out")}
      </button>
    </div>
  );
}

/** `who` false: where nobody is anybody yet. */
export function Preferences({ who = true }: { readonly who?: boolean }) {
  return (
    <div class="preferences">
      {who && <Who />}
      <div class="preferences-row">
        <label>
          <span class="sr-only">{t("preferences.language")}</span>
          <select data-testid="language-select" value={lang.value} onChange={(event) => chooseLanguage(event.currentTarget.value as Lang)}>
            {LANGS.map((l) => (
              <option key={l} value={l} lang={l}>
                {LANG_NAMES[l]}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          class="plain icon-button"
          data-testid="theme-toggle"
          aria-pressed={dark.value}
          aria-label={t("preferences.dark")}
          title={t("preferences.dark")}
          onClick={toggleTheme}
        >
          <Icon name={dark.value ? "sun" : "moon"} />
        </button>
      </div>
      {who && (
        <a href="/messages" data-testid="messages-link">
          {t("nav.messages")}
        </a>
      )}
    </div>
  );
}
