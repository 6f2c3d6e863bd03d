import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n.ts";
import { Icon } from "./icon.tsx";

/** A native dialog, open as long as it is rendered. `side` slides in from the edge and leaves room to read. */
export function Dialog({
  title,
  onClose,
  side = false,
  children,
  testId,
}: {
  readonly title: ComponentChildren;
  readonly onClose: () => void;
  readonly side?: boolean;
  readonly children: ComponentChildren;
  readonly testId?: string;
}) {
  // One may open over another.
  const titleId = useId();
  const ref = useRef<HTMLDialogElement>(null);
  // Before it is painted: who presses Escape at once must meet an open dialog.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog === null || dialog.open) return;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  const outside = (event: MouseEvent) => {
    if (event.target === ref.current) onClose();
  };
  return (
    <dialog
      ref={ref}
      class={side ? "side" : "middle"}
      aria-labelledby={titleId}
      data-testid={testId}
      onClick={outside}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="dialog-box">
        <header>
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="quiet icon-button" aria-label={t("common.close")} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
