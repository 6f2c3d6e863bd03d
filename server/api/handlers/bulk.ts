/** One action on many alerts: each goes the way of a single one, and is done or refused by itself. */
import type { BulkDto } from "../../contract/alert-bulk.ts";
import type { AlertAction } from "../../core/event.ts";
import type { Millis } from "../../core/reading.ts";
import type { Action } from "../../core/roles.ts";
import { Problem } from "../../errors.ts";
import type { Ask, Handlers } from "../route.ts";
import { insistOn } from "../route.ts";
import { alertOf, OWN } from "./alerts.ts";
import { carryOut, endOf } from "./requests.ts";

type Asked = Ask<"bulk">["body"]["action"];

const MAY: Readonly<Record<Asked["kind"], Action>> = {
  ack: "acknowledge",
  comment: "comment",
  shelve: "shelve",
  "out-of-service": "shelve",
  "return-to-service": "shelve",
};

function actionOf(asked: Asked, now: Millis): AlertAction {
  switch (asked.kind) {
    case "ack":
    case "return-to-service":
      return { kind: asked.kind, note: asked.note ?? null };
    case "comment":
      return { kind: "comment", note: asked.note };
    case "shelve":
      return { kind: "shelve", note: asked.note, until: endOf(now, asked) };
    case "out-of-service":
      return { kind: "out-of-service", note: asked.note, until: asked.until === undefined && asked.minutes === undefined ? null : endOf(now, asked) };
  }
}

export const bulkHandlers: Handlers<"bulk"> = {
  bulk: {
    async run({ office, actor, eyes, body }) {
      const action = actionOf(body.action, eyes.now);
      const one = async (id: string): Promise<BulkDto["items"][number]> => {
        try {
          const alert = await alertOf(office, id);
          if (!OWN.has(action.kind) || alert.assignee !== actor.id) insistOn(actor, MAY[body.action.kind], alert.department);
          await carryOut(office, actor, { kind: "alert", alert: id, action });
          return { id, problem: null };
        } catch (error) {
          if (error instanceof Problem) return { id, problem: error.document() };
          throw error;
        }
      };
      // All at once: what they change is committed together.
      return { items: await Promise.all([...new Set(body.ids)].map(one)) };
    },
  },
};
