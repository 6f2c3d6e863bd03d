/** Policies and what they found. */
import type { Eyes } from "../../contract/present/eyes.ts";
import type { Lookups } from "../../contract/present/findings.ts";
import { findingDto } from "../../contract/present/findings.ts";
import { openByPolicy, policyDto } from "../../contract/present/policies.ts";
import { checkCustom } from "../../core/custom/check.ts";
import type { AlertState, CommandState, Finding } from "../../core/finding.ts";
import type { House, PolicyState } from "../../core/house.ts";
import type { PolicyOverrides, Scope } from "../../core/policy.ts";
import { problem } from "../../errors.ts";
import type { Office } from "../../ports/office.ts";
import type { Handlers } from "../route.ts";
import { paramsOf } from "../../core/policy.ts";
import { carryOut } from "./requests.ts";

export function policyOf(house: House, id: string): PolicyState {
  const policy = house.policies.get(id);
  if (policy === undefined) throw problem("unknown-policy", `There is no policy '${id.slice(0, 100)}'; there are ${[...house.policies.keys()].join(", ")}.`);
  return policy;
}

export function checkParams(policy: PolicyState, params: Readonly<Record<string, number>>): void {
  const { definition } = policy;
  for (const [name, value] of Object.entries(params)) {
    const param = paramsOf(definition).find((p) => p.name === name);
    if (param === undefined) {
      const names = paramsOf(definition).map((p) => p.name);
      throw problem("unknown-param", `${definition.id} has no parameter '${name.slice(0, 100)}'; it has ${names.join(", ") || "none"}.`, {
        param: name.slice(0, 100),
        params: names,
      });
    }
    if (!(value >= param.min && value <= param.max)) {
      throw problem("param-out-of-range", `${name} must be from ${param.min} to ${param.max} ${param.unit}; ${value} is not.`, {
        param: name,
        value,
        min: param.min,
        max: param.max,
        unit: param.unit,
      });
    }
  }
}

export function checkScope(house: House, scope: Scope): void {
  const { site } = house;
  const known: readonly (readonly [string, readonly string[] | undefined, (name: string) => boolean])[] = [
    ["buildings", scope.buildings, (name) => site.buildings.some((b) => b.id === name)],
    ["floors", scope.floors, (name) => site.buildings.some((b) => b.floors.includes(name))],
    ["spaces", scope.spaces, (name) => house.spaces.has(name)],
  ];
  for (const [part, names, exists] of known) {
    const missing = names?.filter((name) => !exists(name)) ?? [];
    if (missing.length > 0)
      throw problem(
        "unknown-scope",
        `scope.${part}: there is no ${missing
          .slice(0, 10)
          .map((m) => `'${m.slice(0, 100)}'`)
          .join(", ")} on this site.`,
        { part },
      );
  }
}

export async function findingOf(office: Office, id: string): Promise<Finding> {
  const finding = office.house.findings.get(id) ?? (await office.records.finding(id));
  if (finding === null) throw problem("not-found", `There is no finding '${id.slice(0, 100)}'.`);
  return finding;
}

/** Findings with their commands' and alerts' states; what the house has put away is looked up in the records. */
export async function presentFindings(office: Office, eyes: Eyes, findings: readonly Finding[]) {
  const { house, records } = office;
  const commands = new Map<string, CommandState>();
  for (const finding of findings) {
    if (finding.command === null) continue;
    const standing = house.commands.get(finding.command);
    if (standing !== undefined) commands.set(standing.id, standing.state);
    else for (const c of (await records.commands({ finding: finding.id }, { limit: 100 })).items) commands.set(c.id, c.state);
  }
  const lookups: Lookups = {
    command: (id) => commands.get(id) ?? null,
    // The house holds every alert that is not normal.
    alert: (id): AlertState => house.alerts.get(id)?.state ?? "normal",
  };
  return findings.map((finding) => findingDto(eyes, finding, lookups));
}

export const policyHandlers: Handlers<"policies" | "policy" | "changePolicy" | "writePolicy" | "removePolicy" | "findings" | "finding" | "summary"> = {
  policies: {
    run({ office: { house } }) {
      const open = openByPolicy(house);
      return { items: [...house.policies.values()].map((p) => policyDto(house, p, open.get(p.definition.id) ?? 0)), next: null };
    },
  },
  policy: { run: ({ office: { house }, id }) => policyDto(house, policyOf(house, id), openByPolicy(house).get(id) ?? 0) },
  changePolicy: {
    async run({ office, actor, id, body }) {
      const policy = policyOf(office.house, id);
      if (body.params !== undefined) checkParams(policy, body.params);
      if (body.scope !== undefined) checkScope(office.house, body.scope);
      if (body.canary !== undefined) checkScope(office.house, { spaces: body.canary });
      await carryOut(office, actor, { kind: "policy", policy: id, change: body as PolicyOverrides });
      return policyDto(office.house, policyOf(office.house, id), openByPolicy(office.house).get(id) ?? 0);
    },
  },
  writePolicy: {
    async run({ office, actor, body }) {
      const { house } = office;
      if (body.scope.spaces !== undefined || body.scope.buildings !== undefined || body.scope.floors !== undefined) checkScope(house, body.scope);
      const known = house.policies.get(body.id);
      const problems = checkCustom(body, new Set([...house.policies.keys()].filter((id) => id !== body.id || known?.definition.custom === undefined)));
      if (problems.length > 0) throw problem("bad-policy", problems.map((p) => `${p.path}: ${p.message}`).join("; "), { problems });
      await carryOut(office, actor, { kind: "write-policy", document: body });
      return policyDto(house, policyOf(house, body.id), openByPolicy(house).get(body.id) ?? 0);
    },
  },
  removePolicy: {
    async run({ office, actor, id }) {
      const before = policyDto(office.house, policyOf(office.house, id), 0);
      await carryOut(office, actor, { kind: "remove-policy", policy: id });
      return before;
    },
  },
  findings: {
    async run({ office, eyes, query }) {
      const { cursor, limit, ...filter } = query;
      if (filter.policy !== undefined) policyOf(office.house, filter.policy);
      const page = await office.records.findings(filter, { cursor, limit });
      return { items: await presentFindings(office, eyes, page.items), next: page.next };
    },
  },
  finding: {
    async run({ office, eyes, id }) {
      return (await presentFindings(office, eyes, [await findingOf(office, id)]))[0]!;
    },
  },
  summary: {
    async run({ office, eyes, query }) {
      const to = query.to ?? eyes.now;
      const from = query.from ?? to - 30 * 86_400_000;
      if (from >= to) throw problem("invalid-parameter", "from: must be before to.");
      return { items: (await office.records.summary(from, to)).map((row) => ({ ...row })), next: null };
    },
  },
};
