import { describe, expect, it } from "vitest";
import type { Action, Role } from "../../server/core/roles.ts";
import { ACTIONS, may, PERMISSIONS, ROLES } from "../../server/core/roles.ts";

/** a = everywhere, o = own departments, - = not. Order: viewer, staff, chief, deputy, director, administrator. */
const TABLE: Record<Action, string> = {
  view: "aaaaaa",
  "view-personal": "-aooaa",
  acknowledge: "-aooaa",
  shelve: "-aooaa",
  comment: "-aooaa",
  assign: "-aooaa",
  resolve: "-a--aa",
  command: "-aooaa",
  override: "-aooaa",
  "hands-off": "-aooaa",
  "request-approval": "aaaaaa",
  "grant-approval": "--ooaa",
  "change-policy": "----aa",
  "adopt-device": "-a---a",
  "manage-people": "-----a",
  "manage-mappings": "-----a",
  export: "-aaaaa",
  book: "aaaaaa",
  "manage-calendar": "-a--aa",
  "view-audit": "-a--aa",
  "manage-absences": "--ooaa",
  "try-channel": "-a--aa",
  "settle-month": "----aa",
  "enter-reading": "-aooaa",
  "confirm-reading": "-aooaa",
  "adjust-savings": "----aa",
};

describe("who may do what", () => {
  it("is written out for every action", () => {
    expect(Object.keys(TABLE).sort()).toEqual([...ACTIONS].sort());
    expect(Object.keys(PERMISSIONS).sort()).toEqual([...ACTIONS].sort());
  });

  it.each(ACTIONS.flatMap((action) => ROLES.map((role, i) => [action, role, TABLE[action][i]!] as [Action, Role, string])))(
    "%s by a %s: %s",
    (action, role, grant) => {
      const actor = { id: "x", role, departments: ["own"] };
      expect([may(actor, action, "own"), may(actor, action, "other"), may(actor, action, null)]).toEqual(
        grant === "a" ? [true, true, true] : grant === "o" ? [true, false, false] : [false, false, false],
      );
    },
  );
});
