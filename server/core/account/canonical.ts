/** One text for one value, whoever wrote it: keys in order, no spaces, nothing undefined. What is hashed is this. */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const parts = Object.entries(value as Readonly<Record<string, unknown>>)
    .filter(([, v]) => v !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, v]) => `${JSON.stringify(key)}:${canonical(v)}`);
  return `{${parts.join(",")}}`;
}
