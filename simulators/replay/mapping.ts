/** The mapping file of a replay: which columns of a recorded table become which points of which devices. */
import { z } from "zod";

const term = z.strictObject({ column: z.string().min(1), scale: z.number().default(1) });

const point = z.union(
  [
    z.strictObject({ constant: z.union([z.number(), z.boolean(), z.string()]) }),
    z.strictObject({
      /** One column, or the sum of several, each times its scale. */
      column: z.string().min(1).optional(),
      terms: z.array(term).min(1).optional(),
      scale: z.number().default(1),
      offset: z.number().default(0),
      /**
       * value: the number; flag: true when it is not 0; counter: the sum since the table began; mean-power: energy (kWh) of
       * the interval as mean W; above: whether the mean power (W) is over `threshold`.
       */
      as: z.enum(["value", "flag", "counter", "mean-power", "above"]),
      threshold: z.number().optional(),
      /** Digits after the point. */
      digits: z.number().int().min(0).max(9).default(3),
    }),
  ],
  { error: "must be {constant: …} or {column: …, as: …} (or terms instead of column)" },
);

export const mappingSchema = z.strictObject({
  source: z.strictObject({ title: z.string(), url: z.string().optional(), licence: z.string() }),
  building: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/),
  time: z.strictObject({ column: z.string().min(1) }),
  /** Seconds that a row stands for. */
  interval: z.number().int().min(1).max(86_400),
  devices: z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/), z.record(z.string(), point)),
});

export type Mapping = z.infer<typeof mappingSchema>;
type ColumnPoint = Extract<z.infer<typeof point>, { as: string }>;

export type ParsedMapping = { readonly ok: true; readonly mapping: Mapping } | { readonly ok: false; readonly problems: readonly string[] };

/** The columns that a point adds up. */
export function termsOf(rule: ColumnPoint): readonly { readonly column: string; readonly scale: number }[] {
  return rule.terms ?? (rule.column === undefined ? [] : [{ column: rule.column, scale: 1 }]);
}

/** A mapping from what YAML gave, or every mistake with its path. */
export function parseMapping(data: unknown): ParsedMapping {
  const parsed = mappingSchema.safeParse(data);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.map((issue) => `${issue.path.join(".") || "(file)"}: ${issue.message}`) };
  const problems: string[] = [];
  for (const [device, points] of Object.entries(parsed.data.devices)) {
    for (const [name, rule] of Object.entries(points)) {
      if ("constant" in rule) continue;
      const at = `devices.${device}.${name}`;
      if ((rule.column === undefined) === (rule.terms === undefined)) problems.push(`${at}: needs either column or terms`);
      if ((rule.as === "above") !== (rule.threshold !== undefined)) problems.push(`${at}: threshold (W) belongs to "as: above", and only there`);
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, mapping: parsed.data };
}
