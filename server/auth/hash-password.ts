/** Password hashes: argon2id with OWASP's parameters (Password Storage Cheat Sheet 2024: 19 MiB, 2 passes, 1 lane). */
import { hash, verify } from "@node-rs/argon2";
import type { Person } from "../core/space.ts";

/** argon2id is the library's default algorithm. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The same characters, whichever keyboard composed them (NIST SP 800-63B). */
const typed = (plain: string) => plain.normalize("NFKC");

export function hashPassword(plain: string): Promise<string> {
  return hash(typed(plain), OPTIONS);
}

/** False for a wrong password and for a hash that is none. */
export async function verifyPassword(hashed: string, plain: string): Promise<boolean> {
  try {
    return await verify(hashed, typed(plain));
  } catch {
    return false;
  }
}

/** What is wrong with a new password, or null. Length is what counts (NIST SP 800-63B); what everybody tries first is refused. */
export function passwordProblem(password: string, person: Pick<Person, "id" | "email"> & Partial<Pick<Person, "name">>): string | null {
  if (password.length < 12) return "A password has at least 12 characters; a sentence is a good one.";
  if (password.length > 200) return "A password has at most 200 characters.";
  const plain = password.toLowerCase();
  if (new Set(plain).size < 5) return "The password repeats the same few characters.";
  const names = typeof person.name === "string" ? [person.name] : Object.values(person.name ?? {});
  for (const own of [person.id, person.email?.split("@")[0] ?? "", ...names])
    if (own.length >= 3 && plain.replaceAll(own.toLowerCase(), "").length < 8) return "The password is little more than the person's name.";
  if (COMMON.some((common) => plain.replaceAll(common, "").length < 6)) return "The password is one of those that everybody tries first.";
  return null;
}

const COMMON = [
  "password",
  "passw0rd",
  "123456789",
  "1234567890",
  "qwertyuiop",
  "qwerty",
  "administrator",
  "letmein",
  "welcome",
  "jieyue",
  "abcdefgh",
  "iloveyou",
  "woaini",
  "123456",
  "111111",
  "888888",
];
