/** Sound and speech: each off until somebody turns it on, and a way to hear what is on. */
import { t } from "../i18n.ts";
import { Icon } from "../parts/icon.tsx";
import { canSpeak, setSpeaking, speaking } from "../spoken.ts";
import { audible, soundOn, tryBell, turnSound } from "./bell.ts";

async function tryThem(): Promise<void> {
  await tryBell("high", t("console.spoken-sample"));
}

export function BellControls() {
  const silent = soundOn.value && !audible.value;
  return (
    <div class="bell" role="group" aria-label={t("console.bell")}>
      <button
        type="button"
        class="plain"
        aria-pressed={soundOn.value}
        title={t(silent ? "console.sound-waits" : "console.sound-explained")}
        onClick={() => void turnSound(!soundOn.value)}
        data-testid="sound-toggle"
      >
        <Icon name={soundOn.value ? "sound" : "sound-off"} size={18} />
        <span>{t(silent ? "console.sound-waits-short" : "console.sound")}</span>
      </button>
      {canSpeak && (
        <button
          type="button"
          class="plain"
          aria-pressed={speaking.value}
          title={t("console.speech-explained")}
          onClick={() => setSpeaking(!speaking.value)}
          data-testid="speech-toggle"
        >
          <Icon name="speech" size={18} />
          <span>{t("console.speech")}</span>
        </button>
      )}
      {(soundOn.value || speaking.value) && (
        <button type="button" class="quiet" onClick={() => void tryThem()} data-testid="bell-try">
          {t("console.try")}
        </button>
      )}
    </div>
  );
}
