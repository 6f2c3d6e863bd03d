/** Who is told: who would hear of an alert, the chain, the table, the channels, who is away, what is silenced. */
import { useEffect, useState } from "preact/hooks";
import type { SilenceDto } from "../../../server/contract/alerts.ts";
import type { AbsenceDto, AlertingDto, ChannelDto, NoticeDto } from "../../../server/contract/hearing.ts";
import type { Duty } from "../alerting/absences.tsx";
import { Absences } from "../alerting/absences.tsx";
import { Channels, Sent } from "../alerting/channels.tsx";
import { Silences } from "../alerting/silences.tsx";
import { Chain, Routing } from "../alerting/table.tsx";
import { TryOut } from "../alerting/try-out.tsx";
import type { List } from "../api.ts";
import { get } from "../api.ts";
import { t } from "../i18n.ts";
import { me } from "../me.ts";

const AGAIN_MS = 5000;

export function AlertingPage() {
  const [alerting, setAlerting] = useState<AlertingDto | null>(null);
  const [channels, setChannels] = useState<readonly ChannelDto[]>([]);
  const [notices, setNotices] = useState<readonly NoticeDto[]>([]);
  const [absences, setAbsences] = useState<readonly AbsenceDto[]>([]);
  const [silences, setSilences] = useState<readonly SilenceDto[]>([]);
  const [duty, setDuty] = useState<readonly Duty[]>([]);
  // Counted up where something was changed here: the answer to "who would hear" is another then.
  const [changed, setChanged] = useState(0);
  useEffect(() => {
    void get<AlertingDto>("/alerting").then((a) => a.ok && setAlerting(a.data));
  }, []);
  useEffect(() => {
    let gone = false;
    const load = async () => {
      const [c, n, a, s, d] = await Promise.all([
        get<List<ChannelDto>>("/channels"),
        get<List<NoticeDto>>("/notices?limit=12"),
        get<List<AbsenceDto>>("/absences"),
        get<List<SilenceDto>>("/silences?limit=1000"),
        get<List<Duty>>("/calendar/duty"),
      ]);
      if (gone) return;
      if (c.ok) setChannels(c.data.items);
      if (n.ok) setNotices(n.data.items);
      if (a.ok) setAbsences(a.data.items);
      if (s.ok) setSilences(s.data.items);
      if (d.ok) setDuty(d.data.items);
    };
    void load();
    const timer = setInterval(() => void load(), AGAIN_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [changed, me.value?.person?.id]);
  const again = () => setChanged((n) => n + 1);
  return (
    <div class="page alerting-page" data-testid="alerting-page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.alerting")}</h1>
      </header>
      <p class="lead">{t("alerting.explained")}</p>
      <TryOut key={changed} />
      <div class="alerting-columns">
        <div>
          <Channels channels={channels} onTried={() => setTimeout(again, 1000)} />
          {alerting !== null && <Chain alerting={alerting} />}
          {alerting !== null && <Routing alerting={alerting} />}
        </div>
        <div>
          <Absences absences={absences} duty={duty} onChange={again} />
          <Silences silences={silences} onChange={again} />
        </div>
      </div>
      <Sent notices={notices} />
    </div>
  );
}
