/** The office's own order; each role may do what the table below says, and nothing else. */
export const ROLES = ["viewer", "staff", "chief", "deputy", "director", "administrator"] as const;
export type Role = (typeof ROLES)[number];

export const ACTIONS = [
  "view",
  "view-personal",
  "acknowledge",
  "shelve",
  "comment",
  "assign",
  "resolve",
  "command",
  "override",
  "hands-off",
  "request-approval",
  "grant-approval",
  "change-policy",
  "adopt-device",
  "manage-people",
  "manage-mappings",
  "export",
  "book",
  "manage-calendar",
  "view-audit",
  "manage-absences",
  "try-channel",
  "settle-month",
  "enter-reading",
  "confirm-reading",
  "adjust-savings",
] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * Who may do what. `own` means: only where the subject belongs to the person's own department (a chief's section, or one of
 * the sections in a deputy's charge). Source: the office's chain of responsibility (节约责任制).
 */
export const PERMISSIONS: Readonly<Record<Action, Readonly<Partial<Record<Role, "all" | "own">>>>> = {
  view: { viewer: "all", staff: "all", chief: "all", deputy: "all", director: "all", administrator: "all" },
  "view-personal": { staff: "all", chief: "own", deputy: "own", director: "all", administrator: "all" },
  acknowledge: { staff: "all", chief: "own", deputy: "own", director: "all", administrator: "all" },
  shelve: { staff: "all", chief: "own", deputy: "own", director: "all", administrator: "all" },
  comment: { staff: "all", chief: "own", deputy: "own", director: "all", administrator: "all" },
  assign: { staff: "all", chief: "own", deputy: "own", director: "all", administrator: "all" },
  resolve: { staff: "all", director: "all", administrator: "all" },
  command: { staff: "all", chief: "own", deputy: "own", director: "all", administrator: "all" },
  override: { staff: "all", chief: "own", deputy: "own", director: "all", administrator: "all" },
  "hands-off": { staff: "all", chief: "own", deputy: "own", director: "all", administrator: "all" },
  "request-approval": { viewer: "all", staff: "all", chief: "all", deputy: "all", director: "all", administrator: "all" },
  "grant-approval": { chief: "own", deputy: "own", director: "all", administrator: "all" },
  "change-policy": { director: "all", administrator: "all" },
  "adopt-device": { staff: "all", administrator: "all" },
  "manage-people": { administrator: "all" },
  "manage-mappings": { administrator: "all" },
  export: { staff: "all", chief: "all", deputy: "all", director: "all", administrator: "all" },
  book: { viewer: "all", staff: "all", chief: "all", deputy: "all", director: "all", administrator: "all" },
  "manage-calendar": { staff: "all", director: "all", administrator: "all" },
  "view-audit": { staff: "all", director: "all", administrator: "all" },
  "manage-absences": { chief: "own", deputy: "own", director: "all", administrator: "all" },
  "try-channel": { staff: "all", director: "all", administrator: "all" },
  "settle-month": { director: "all", administrator: "all" },
  "enter-reading": { staff: "all", chief: "own", deputy: "own", director: "all", administrator: "all" },
  // Never by who entered it, whatever the role.
  "confirm-reading": { staff: "all", chief: "own", deputy: "own", director: "all", administrator: "all" },
  "adjust-savings": { director: "all", administrator: "all" },
};

/** Who acts. `departments` are the sections that the person answers for (own section, or those in a deputy's charge). */
export interface Actor {
  readonly id: string;
  readonly role: Role;
  readonly departments: readonly string[];
}

/** Whether an actor may do an action at a subject of a department (null: a subject that belongs to nobody in particular). */
export function may(actor: Actor, action: Action, department: string | null): boolean {
  const grant = PERMISSIONS[action][actor.role];
  if (grant === "all") return true;
  return grant === "own" && department !== null && actor.departments.includes(department);
}
