/** The tables as the newest migration leaves them. `body` is the whole object as JSON; the other columns are what is asked for. */
import type { AuditLine } from "../ports/audit.ts";

export interface Tables {
  findings: {
    id: string;
    at: number;
    state: string;
    policy: string;
    device: string;
    closed_at: number | null;
    kwh: number;
    m3: number;
    cny: number;
    body: string;
  };
  commands: { id: string; at: number; state: string; device: string; finding: string | null; ended_at: number | null; body: string };
  alerts: {
    id: string;
    at: number;
    state: string;
    device: string | null;
    severity: string | null;
    title: string | null;
    assignee: string | null;
    acknowledged_at: number | null;
    cleared_at: number | null;
    body: string;
  };
  notices: { id: string; at: number; state: string; channel: string; person: string | null; ended_at: number | null; body: string };
  absences: { id: string; at: number; ended_at: number | null; body: string };
  out_of_service: { id: string; at: number; ended_at: number | null; body: string };
  silences: { id: string; at: number; ended_at: number | null; body: string };
  push_subscriptions: { endpoint: string; person: string; at: number; body: string };
  /** Links of messages that were used: each is good once. */
  used_links: { id: string; at: number; expires: number };
  overrides: { id: string; at: number; until: number; ended_at: number | null; body: string };
  exemptions: { id: string; at: number; ended_at: number | null; body: string };
  approvals: { id: string; at: number; state: string; until: number | null; body: string };
  hands_off: { id: string; at: number; ended_at: number | null; body: string };
  bookings: { id: string; at: number; until: number; canceled_at: number | null; body: string };
  events: { id: string; canceled_at: number | null; body: string };
  policies: { id: string; body: string };
  /** A null body: it was taken back. */
  custom_policies: { id: string; body: string | null };
  devices: { id: string; adopted: number; body: string };
  /** A null body: it was taken back. */
  mappings: { id: string; body: string | null };
  /** Written once, never changed; the id is the month. */
  months: { id: string; at: number; closed_by: string; digest: string; body: string };
  month_entries: { id: string; month: string; at: number; kind: string; of: string | null; body: string };
  meter_entries: { id: string; at: number; point: string; kind: string; state: string; decided_at: number | null; body: string };
  /** Written once, never changed; `of` is the adjustment that a withdrawal takes back. */
  savings_entries: { id: string; at: number; building: string; kind: string; of: string | null; body: string };
  jobs: { id: string; at: number; device: string; body: string };
  audit: AuditLine;
  credentials: { person: string; hash: string };
  sessions: { id: string; person: string | null; data: string; expires: number };
  tokens: { hash: string; purpose: string; person: string | null; expires: number };
}
