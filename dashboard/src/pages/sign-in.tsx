/** Signing in, and the first administrator's set-up by the link that the server printed. */
import type { ComponentChildren } from "preact";
import { afterSignIn } from "../allowed.ts";
import { t } from "../i18n.ts";
import { setUp, signIn } from "../me.ts";
import { Field, Form, field, secret } from "../parts/form.tsx";
import { Icon } from "../parts/icon.tsx";
import { Preferences } from "../parts/preferences.tsx";
import { navigate, query } from "../router.ts";
import { SHORTEST } from "./people.tsx";

function Frame({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <main class="sign-in" id="main">
      <section class="panel">
        <p class="brand">
          <span class="brand-mark">
            <Icon name="leaf" size={22} />
          </span>
          <b>{t("brand.name")}</b>
        </p>
        <h1 tabIndex={-1}>{title}</h1>
        {children}
      </section>
      <Preferences who={false} />
    </main>
  );
}

export function SignIn() {
  return (
    <Frame title={t("sign-in.title")}>
      <Form
        send={(form) => signIn(field(form, "person"), secret(form, "password"))}
        button={t("sign-in.title")}
        onDone={() => navigate(afterSignIn(query.value.get("then")))}
        testId="sign-in-form"
      >
        <Field label={t("sign-in.person")} hint={t("sign-in.person-hint")}>
          <input name="person" required autoComplete="username" autoCapitalize="none" spellcheck={false} data-testid="sign-in-person" />
        </Field>
        <Field label={t("sign-in.password")}>
          <input name="password" type="password" required autoComplete="current-password" data-testid="sign-in-password" />
        </Field>
      </Form>
    </Frame>
  );
}

export function SetUp() {
  const token = query.value.get("token") ?? "";
  return (
    <Frame title={t("set-up.title")}>
      {token === "" ? (
        <p class="problem" role="alert">
          {t("set-up.no-token")}
        </p>
      ) : (
        <Form
          send={(form) => setUp(token, field(form, "person"), secret(form, "password"))}
          button={t("set-up.do")}
          done={t("set-up.done")}
          onDone={() => navigate("/")}
          testId="set-up-form"
        >
          <p class="muted">{t("set-up.explained")}</p>
          <Field label={t("sign-in.person")} hint={t("sign-in.person-hint")}>
            <input
              name="person"
              required
              autoComplete="username"
              autoCapitalize="none"
              spellcheck={false}
              defaultValue={query.value.get("person") ?? ""}
              data-testid="set-up-person"
            />
          </Field>
          <Field label={t("set-up.password")} hint={t("set-up.password-hint", { n: SHORTEST })}>
            <input name="password" type="password" required minLength={SHORTEST} autoComplete="new-password" />
          </Field>
        </Form>
      )}
    </Frame>
  );
}
