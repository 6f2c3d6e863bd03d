/** What a person of the site file is to the house. */
import type { Actor } from "../core/roles.ts";
import type { Department, Person } from "../core/space.ts";

/** The sections a person answers for: a chief's own, and those in a deputy's charge. */
export function actorFor(person: Person, departments: readonly Department[]): Actor {
  const own = departments.filter((d) => d.chief === person.id || d.deputy === person.id).map((d) => d.id);
  const section = person.role === "chief" && person.department !== null ? [person.department] : [];
  return { id: person.id, role: person.role, departments: [...new Set([...own, ...section])] };
}

/** Who one is in open mode on a site without people. */
export const VISITOR: Person = {
  id: "visitor",
  name: { "zh-CN": "访客", "zh-TW": "訪客", en: "Visitor" },
  role: "administrator",
  department: null,
  email: null,
};
