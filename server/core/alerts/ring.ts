/** What rings for alerts: one table for the house and for its rehearsals. */
import type { Timer } from "../house.ts";
import type { Turn } from "../turn.ts";
import { absenceDue } from "./absence.ts";
import { clearDue, serviceDue, unshelve, unsuppress } from "./alarm.ts";
import { climb } from "./climb.ts";
import { silenceDue } from "./silence.ts";
import { settleElsewhere, tellDue } from "./tell.ts";

export type AlertTimer = Extract<Timer, { readonly kind: "shelve" | "climb" | "clear" | "unsuppress" | "service" | "silenced" | "absence" | "tell" }>;

export function ringAlert(turn: Turn, timer: AlertTimer): void {
  switch (timer.kind) {
    case "shelve":
      unshelve(turn, timer.alert);
      return;
    case "climb":
      climb(turn, timer.alert);
      return;
    case "clear":
      clearDue(turn, timer.alert);
      return;
    case "unsuppress":
      unsuppress(turn, timer.alert);
      return;
    case "service":
      serviceDue(turn, timer.service);
      return;
    case "silenced":
      silenceDue(turn, timer.silence);
      return;
    case "absence":
      absenceDue(turn, timer.absence);
      return;
    case "tell":
      if (turn.house.elsewhere.length > 0) settleElsewhere(turn);
      tellDue(turn, timer.channel);
  }
}
