/** What messages go out by, whether it works, and what went out lately. */
import type { ChannelDto, NoticeDto } from "../../../server/contract/hearing.ts";
import { post } from "../api.ts";
import { t, word } from "../i18n.ts";
import { personName } from "../names.ts";
import { ActionButton } from "../parts/action.tsx";
import { Icon } from "../parts/icon.tsx";
import { Empty, SeverityMark } from "../parts/marks.tsx";
import { tellDone, tellProblem } from "../parts/notice.tsx";
import { Time } from "../parts/time.tsx";
import { channelIcon, channelName, kindName } from "./channel-name.ts";

function reach({ personal, reaches }: ChannelDto): string {
  if (!personal) return t("alerting.reaches-group");
  if (reaches.everybody) return t("alerting.reaches-all");
  return t(reaches.me ? "alerting.reaches-me" : "alerting.reaches", { n: reaches.people });
}

function Channel({ channel, onTried }: { readonly channel: ChannelDto; readonly onTried: () => void }) {
  const send = async () => {
    const answer = await post(`/channels/${encodeURIComponent(channel.id)}/try`);
    if (!answer.ok) return tellProblem(answer.problem);
    tellDone(t("messages.test-sent"));
    onTried();
  };
  const { state, lastError, personal } = channel;
  const blocked = personal && !channel.reaches.me ? t("alerting.not-you") : null;
  return (
    <li data-testid={`channel-${channel.id}`} class={state}>
      <Icon name={channelIcon(channel.kind)} />
      <span>
        <b>{channelName(channel.id)}</b>{" "}
        {channelName(channel.id) !== kindName(channel.kind) && channel.id !== "page" && <span class="muted">{kindName(channel.kind)}</span>}
        <br />
        <small>
          {reach(channel)} · {t("alerting.rate", { n: channel.lastMinute, of: channel.perMinute })}
        </small>
        {lastError !== null && (
          <>
            <br />
            <small class="muted">
              {t("alerting.last-error", { error: lastError.error })} (<Time at={lastError.at} />)
            </small>
          </>
        )}
      </span>
      <span class={`tag channel-${state}`} data-testid="channel-state">
        {state === "works" ? t("alerting.works") : t("alerting.down")}
        {channel.downSince !== null && (
          <>
            {" "}
            <Time at={channel.downSince} />
          </>
        )}
      </span>
      <ActionButton action={personal ? "view" : "try-channel"} department={null} blocked={blocked} run={send} testId="try-channel">
        {t(personal ? "alerting.test-me" : "alerting.test-group")}
      </ActionButton>
    </li>
  );
}

export function Channels({ channels, onTried }: { readonly channels: readonly ChannelDto[]; readonly onTried: () => void }) {
  return (
    <section class="panel">
      <h2>{t("alerting.channels")}</h2>
      <ul class="plain-list channels" data-testid="channels">
        {channels.map((c) => (
          <Channel key={c.id} channel={c} onTried={onTried} />
        ))}
      </ul>
      {channels.length <= 1 && <p class="muted">{t("alerting.only-page")}</p>}
    </section>
  );
}

/** That a page is closed is no failure: whoever opens it sees the alert. */
const unseen = (n: NoticeDto) => n.error === "no-page-open";

export function Sent({ notices }: { readonly notices: readonly NoticeDto[] }) {
  return (
    <section class="panel">
      <h2>{t("alerting.sent")}</h2>
      {notices.length === 0 ? (
        <Empty text={t("alerting.nothing-sent")} />
      ) : (
        <ul class="plain-list sent" data-testid="notices">
          {notices.map((n) => (
            <li key={n.id} data-state={n.state}>
              <SeverityMark severity={n.severity} />
              <span class="figures">
                <Time at={n.plannedAt} />
              </span>
              <span>
                <b>{n.person === null ? t("alerting.group") : personName(n.person)}</b> · {channelName(n.channel)} ·{" "}
                {n.alerts.length === 0 ? (
                  word("notice-how", n.how)
                ) : (
                  <a href={`/alerts?alert=${encodeURIComponent(n.alerts[0]!)}`}>
                    {t("alerting.n-alerts", { n: n.alerts.length, how: word("notice-how", n.how) })}
                  </a>
                )}
                {n.error !== null && !unseen(n) && <small> {word("notice-error", n.error)}</small>}
              </span>
              {unseen(n) ? (
                <span class="tag">{word("notice-error", "no-page-open")}</span>
              ) : (
                <span class={`tag notice-${n.state}`}>{word("notice-state", n.state)}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
