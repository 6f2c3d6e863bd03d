import { describe, expect, it } from "vitest";
import { afterSignIn, permitted } from "../../dashboard/src/allowed.ts";
import { byUrgency, needsPerson, ranking, selfMending } from "../../dashboard/src/needs.ts";
import { alert, finding } from "./dtos.ts";

const command = (state: "sent" | "proven" | "gave-up") => ({ id: "c1", state });

describe("what needs a person", () => {
  it("is not what the house is mending", () => {
    expect(selfMending(finding())).toBe(true);
    expect(selfMending(finding({ command: command("sent") }))).toBe(true);
    expect(needsPerson(alert(), finding({ command: command("sent") }))).toBe(false);
  });

  it("is what the house tried in vain, only advises, or cannot command", () => {
    expect(needsPerson(alert(), finding({ command: command("gave-up") }))).toBe(true);
    expect(needsPerson(alert(), finding({ mode: "advise", actAt: null }))).toBe(true);
    expect(needsPerson(alert(), finding({ actAt: null }))).toBe(true);
    expect(needsPerson(alert({ kind: "system", finding: null }), undefined)).toBe(true);
  });

  it("waits only until it is acknowledged, and approvals are asked elsewhere", () => {
    expect(needsPerson(alert({ state: "acknowledged" }), undefined)).toBe(false);
    expect(needsPerson(alert({ state: "shelved" }), undefined)).toBe(false);
    expect(needsPerson(alert({ state: "returned-unacknowledged" }), undefined)).toBe(true);
    expect(needsPerson(alert({ kind: "approval" }), undefined)).toBe(false);
  });

  it("comes gravest first, then oldest", () => {
    const list = [
      alert({ id: "young", raisedAt: "2026-07-01T10:00:00+08:00" }),
      alert({ id: "old" }),
      alert({ id: "grave", severity: "high", raisedAt: "2026-07-01T11:00:00+08:00" }),
    ];
    expect(list.sort(byUrgency).map((a) => a.id)).toEqual(["grave", "old", "young"]);
  });
});

describe("the ranking of departments", () => {
  it("counts open findings only, most first", () => {
    const of = (id: string, department: string, over = {}) => finding({ id, subject: { device: "hall/x", space: null, department, job: null }, ...over });
    const rows = ranking([
      of("1", "office"),
      of("2", "finance"),
      of("3", "finance"),
      of("4", "office", { state: "closed" }),
      of("5", "office", { state: "closed" }),
    ]);
    expect(rows.map((r) => [r.department, r.open])).toEqual([
      ["finance", 2],
      ["office", 1],
    ]);
  });
});

describe("what somebody may do", () => {
  const chief = { may: { acknowledge: "own", "request-approval": "all" } as never, departments: ["finance"] };

  it("is bound to their departments where the role is", () => {
    expect(permitted(chief, "acknowledge", "finance")).toBe(true);
    expect(permitted(chief, "acknowledge", "office")).toBe(false);
    expect(permitted(chief, "acknowledge", null)).toBe(false);
    expect(permitted(chief, "request-approval", null)).toBe(true);
    expect(permitted(chief, "change-policy", "finance")).toBe(false);
    expect(permitted(null, "acknowledge", "finance")).toBe(false);
  });

  it("never ends on another site after signing in", () => {
    expect(afterSignIn("/alerts?state=waiting")).toBe("/alerts?state=waiting");
    for (const bad of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/sign-in?then=/", null])
      expect(afterSignIn(bad)).toBe("/");
  });
});
