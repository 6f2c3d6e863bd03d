/** Who may sign in: one's own password, and, for an administrator, one-time links for others. */
import { useState } from "preact/hooks";
import type { SiteDto } from "../../../server/contract/house.ts";
import { post } from "../api.ts";
import { t, text, word } from "../i18n.ts";
import { can, changePassword, me } from "../me.ts";
import { departmentName } from "../names.ts";
import { ActionButton } from "../parts/action.tsx";
import { Field, Form, secret } from "../parts/form.tsx";
import { tellProblem } from "../parts/notice.tsx";
import { Time } from "../parts/time.tsx";
import { Table } from "../parts/table.tsx";
import { site } from "../store.ts";

/** A sentence is a good one; the server has the last word. */
export const SHORTEST = 12;

interface Invitation {
  readonly link: string;
  readonly expires: string;
}

function OwnPassword() {
  return (
    <section class="panel narrow-panel" aria-labelledby="own-password">
      <h2 id="own-password">{t("people.own")}</h2>
      <Form
        send={(form) => changePassword(secret(form, "old"), secret(form, "new"))}
        button={t("people.change")}
        done={t("people.changed")}
        testId="password-form"
      >
        <input type="text" name="person" autoComplete="username" value={me.value?.person?.id ?? ""} hidden readOnly />
        <Field label={t("people.old")}>
          <input name="old" type="password" required autoComplete="current-password" />
        </Field>
        <Field label={t("set-up.password")} hint={t("set-up.password-hint", { n: SHORTEST })}>
          <input name="new" type="password" required minLength={SHORTEST} autoComplete="new-password" />
        </Field>
      </Form>
    </section>
  );
}

function Row({ person: p }: { readonly person: SiteDto["people"][number] }) {
  const [given, setGiven] = useState<Invitation | null>(null);
  const invite = async () => {
    const answer = await post<Invitation>(`/auth/people/${encodeURIComponent(p.id)}/invite`);
    if (answer.ok) setGiven({ ...answer.data, link: new URL(answer.data.link, location.origin).href });
    else tellProblem(answer.problem);
  };
  return (
    <tr data-testid="person-row" data-id={p.id}>
      <td class="main-cell">
        {text(p.name)}
        <small>{p.id}</small>
        {given !== null && (
          <label class="field">
            <span class="hint">
              {t("people.link")} <Time at={given.expires} />
            </span>
            <input readOnly value={given.link} data-testid="invite-link" onFocus={(event) => event.currentTarget.select()} />
          </label>
        )}
      </td>
      <td data-label={t("people.role")}>{word("role", p.role)}</td>
      <td data-label={t("table.department")}>{p.department === null ? "—" : departmentName(p.department)}</td>
      <td class="actions">
        <ActionButton action="manage-people" department={null} run={invite} testId="invite-button">
          {t("people.invite")}
        </ActionButton>
      </td>
    </tr>
  );
}

export function People() {
  const others = site.value?.people ?? [];
  return (
    <div class="page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.people")}</h1>
      </header>
      {me.value?.mode === "open" ? <p class="lead">{t("people.open")}</p> : <OwnPassword />}
      {me.value?.mode === "password" && can("manage-people") && (
        <>
          <p class="lead">{t("people.explained")}</p>
          <Table caption="nav.people" heads={["people.name", "people.role", "table.department", "table.actions"]}>
            {others.map((p) => (
              <Row key={p.id} person={p} />
            ))}
          </Table>
        </>
      )}
    </div>
  );
}
