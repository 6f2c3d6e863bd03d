/** Every key of the console, and a way to turn the letters off. */
import { signal } from "@preact/signals";
import { t } from "../i18n.ts";
import type { Key } from "../locales/zh-CN.ts";
import { Dialog } from "../parts/dialog.tsx";
import { recall, remember } from "../remember.ts";

/** Off: letters do nothing outside the list. */
export const lettersOn = signal(recall("keys") !== "off");

const KEYS: readonly (readonly [Key, readonly (readonly [keys: readonly string[], Key])[]])[] = [
  [
    "console.keys-move",
    [
      [["j", "↓"], "console.key-down"],
      [["k", "↑"], "console.key-up"],
      [["→", "←"], "console.key-fold"],
      [["Enter"], "console.key-open"],
      [["g g", "G"], "console.key-ends"],
      [["Esc"], "console.key-close"],
    ],
  ],
  [
    "console.keys-choose",
    [
      [["x", "Space"], "console.key-choose"],
      [["Shift+J", "Shift+K"], "console.key-extend"],
      [["Ctrl+A"], "console.key-all"],
    ],
  ],
  [
    "console.keys-do",
    [
      [["a"], "console.key-ack"],
      [["s"], "console.key-shelve"],
      [["c"], "console.key-comment"],
      [["o"], "console.key-out"],
    ],
  ],
  [
    "console.keys-find",
    [
      [["/"], "console.key-search"],
      [["g a", "g w", "g k"], "console.key-go-open"],
      [["g s", "g u", "g o"], "console.key-go-aside"],
      [["g n"], "console.key-go-over"],
      [["g h", "g m"], "console.key-go-narrow"],
      [["g c", "g x"], "console.key-go-view"],
      [["?"], "console.key-help"],
    ],
  ],
];

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const turn = (on: boolean) => {
    lettersOn.value = on;
    remember("keys", on ? "on" : "off");
  };
  return (
    <Dialog title={t("console.keys")} onClose={onClose} testId="keys-dialog">
      <div class="keys">
        {KEYS.map(([head, rows]) => (
          <section key={head}>
            <h3>{t(head)}</h3>
            <dl>
              {rows.map(([keys, what]) => (
                <div key={what}>
                  <dt>
                    {keys.map((k) => (
                      <kbd key={k}>{k}</kbd>
                    ))}
                  </dt>
                  <dd>{t(what)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="check">
        <input type="checkbox" checked={lettersOn.value} onChange={(event) => turn(event.currentTarget.checked)} data-testid="letters-toggle" />
        {t("console.letters")}
      </label>
    </Dialog>
  );
}
