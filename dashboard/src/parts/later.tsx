/** A page that is loaded when somebody goes there, so that the first one stays small. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n.ts";

export function Later({ load }: { readonly load: () => Promise<ComponentType> }) {
  const [state, setState] = useState<{ readonly Part: ComponentType } | "loading" | "failed">("loading");
  useEffect(() => {
    let gone = false;
    load().then(
      (Part) => gone || setState({ Part }),
      () => gone || setState("failed"),
    );
    return () => {
      gone = true;
    };
  }, []);
  if (typeof state === "object") return <state.Part />;
  return (
    <section class="page loading" aria-busy={state === "loading"}>
      <h1 tabIndex={-1}>{t(state === "loading" ? "loading.title" : "loading.lost")}</h1>
      {state === "failed" && (
        <p>
          {/* After an update the old parts are gone; the page is fetched anew. */}
          <button type="button" class="plain" onClick={() => location.reload()}>
            {t("health.reload")}
          </button>
        </p>
      )}
    </section>
  );
}
