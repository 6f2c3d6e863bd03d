/** Acting from a message: a link shows one alert and acknowledges it, once, as the person it was sent to. */
import type { ActDto } from "../../contract/act.ts";
import type { Eyes } from "../../contract/present/eyes.ts";
import { alertDto } from "../../contract/present/alerts.ts";
import type { Alert } from "../../core/finding.ts";
import { may } from "../../core/roles.ts";
import { problem } from "../../errors.ts";
import type { ActLinks, OpenedLink } from "../../ports/act-links.ts";
import type { Office } from "../../ports/office.ts";
import type { Handlers } from "../route.ts";
import { carryOut } from "./requests.ts";

async function alertOf(office: Office, link: OpenedLink): Promise<Alert> {
  const alert = office.house.alerts.get(link.alert) ?? (await office.records.alert(link.alert));
  if (alert === null) throw problem("link-invalid", "This link leads nowhere. Open the console, or ask for a new message.");
  return alert;
}

function allowed(link: OpenedLink, alert: Alert): boolean {
  return alert.assignee === link.person || may(link.actor, "acknowledge", alert.department);
}

/** The alert as the link's person may see it, with the names that it mentions and nothing else of the house. */
function present(office: Office, eyes: Eyes, link: OpenedLink, alert: Alert, used: boolean): ActDto {
  const { site, devices, spaces, policies } = office.house;
  const { kind, severity, state, title, evidence, assignee, raisedAt, acknowledgedAt, acknowledgedBy, clearedAt, shelvedUntil, told, log } = alertDto(
    { ...eyes, actor: link.actor },
    alert,
  );
  const mentioned = [assignee, acknowledgedBy, ...Object.values(evidence), ...log.flatMap((l) => [l.by, l.note]), ...told.map((t) => t.person)];
  const names = mentioned.flatMap((id) => {
    if (typeof id !== "string") return [];
    const name = site.people.find((p) => p.id === id)?.name ?? devices.get(id)?.device.name;
    return name === undefined ? [] : [[id, name] as const];
  });
  const policy = policies.get(title.split(".")[1] ?? "")?.definition;
  const person = site.people.find((p) => p.id === link.person);
  return {
    alert: { kind, severity, state, title, evidence, assignee, raisedAt, acknowledgedAt, acknowledgedBy, clearedAt, shelvedUntil, told, log },
    where: {
      space: alert.space === null ? null : (spaces.get(alert.space)?.name ?? alert.space),
      device: alert.device === null ? null : (devices.get(alert.device)?.device.name ?? alert.device),
      department: site.departments.find((d) => d.id === alert.department)?.name ?? null,
    },
    names: Object.fromEntries(names),
    policy: policy === undefined ? null : { id: policy.id, kinds: [...policy.kinds], params: policy.params.map(({ name, unit }) => ({ name, unit })) },
    site: { name: site.name, timezone: site.timezone },
    person: link.person,
    language: person?.language ?? "zh-CN",
    now: eyes.iso(eyes.now),
    open: !used && allowed(link, alert) && state !== "acknowledged" && state !== "normal",
    used,
  };
}

function usedUp(office: Office, eyes: Eyes, alert: Alert) {
  const { acknowledgedBy: by, acknowledgedAt: at } = alert;
  if (by === null || at === null) return problem("link-used", "This link was used already.", { by: null, at: null });
  const name = office.house.site.people.find((p) => p.id === by)?.name ?? by;
  return problem("link-used", `This link was used already; '${by}' acknowledged the alert at ${eyes.iso(at)}.`, { by: name, at: eyes.iso(at) });
}

export function actHandlers(links: ActLinks): Handlers<"act" | "actAck"> {
  return {
    act: {
      async run({ office, eyes, id }) {
        const link = links.open(id);
        return present(office, eyes, link, await alertOf(office, link), await link.used());
      },
    },
    actAck: {
      async run({ office, eyes, id, body }) {
        const link = links.open(id);
        const alert = await alertOf(office, link);
        if (!allowed(link, alert)) throw problem("forbidden", `The role '${link.actor.role}' may not acknowledge this alert.`, { action: "acknowledge" });
        // Used up before it acts: of two that come at once only one does.
        if (!(await link.use())) throw usedUp(office, eyes, await alertOf(office, link));
        const note = body.note === undefined || body.note === "" ? "by-message" : `by-message: ${body.note}`;
        await carryOut(office, link.actor, { kind: "alert", alert: link.alert, action: { kind: "ack", note } });
        return present(office, eyes, link, await alertOf(office, link), true);
      },
    },
  };
}
