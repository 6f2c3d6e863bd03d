/** Ordinary least squares by Householder's QR, which keeps twice the digits of the normal equations, and refuses what has no answer. */

export interface Fit {
  readonly coefficients: readonly number[];
  /** Coefficient over its standard error. */
  readonly t: readonly number[];
  readonly residuals: readonly number[];
  /** Sum of squared residuals, and observations minus coefficients. */
  readonly sse: number;
  readonly freedom: number;
  /** (XᵀX)⁻¹ by rows. */
  readonly inverse: readonly (readonly number[])[];
}

export type Regression =
  | ({ readonly kind: "fit" } & Fit)
  | { readonly kind: "refused"; readonly why: "too-few" }
  /** The column that the ones before it already say. */
  | { readonly kind: "refused"; readonly why: "collinear"; readonly column: number };

/** A column of which less than this part (of its length) is its own says nothing new. */
const OWN = 1e-7;

/** `rows`: one observation each, with its constant written out. Throws RangeError for numbers that are none. */
export function leastSquares(rows: readonly (readonly number[])[], y: readonly number[]): Regression {
  const n = rows.length;
  const p = rows[0]?.length ?? 0;
  if (y.length !== n || !y.every(Number.isFinite) || !rows.every((r) => r.length === p && r.every(Number.isFinite)))
    throw new RangeError("Every observation has the same number of regressors, and all are finite numbers.");
  if (p === 0 || n <= p) return { kind: "refused", why: "too-few" };
  const columns = Array.from({ length: p }, (_, k) => Float64Array.from(rows, (r) => r[k]!));
  const lengths = columns.map((c) => lengthFrom(c, 0));
  const b = Float64Array.from(y);
  const diagonal = new Float64Array(p);
  for (let k = 0; k < p; k++) {
    const column = columns[k]!;
    const own = lengthFrom(column, k);
    if (!(own > OWN * lengths[k]!)) return { kind: "refused", why: "collinear", column: k };
    // The reflection is kept where the column was; what it leaves on the diagonal stands beside.
    diagonal[k] = column[k]! > 0 ? -own : own;
    column[k]! -= diagonal[k]!;
    let vv = 0;
    for (let i = k; i < n; i++) vv += column[i]! ** 2;
    for (const other of [...columns.slice(k + 1), b]) {
      let f = 0;
      for (let i = k; i < n; i++) f += column[i]! * other[i]!;
      f *= 2 / vv;
      for (let i = k; i < n; i++) other[i]! -= f * column[i]!;
    }
  }
  const solve = (right: ArrayLike<number>): number[] => {
    const x = Array.from({ length: p }, () => 0);
    for (let k = p - 1; k >= 0; k--) {
      let sum = right[k]!;
      for (let j = k + 1; j < p; j++) sum -= columns[j]![k]! * x[j]!;
      x[k] = sum / diagonal[k]!;
    }
    return x;
  };
  const coefficients = solve(b);
  // R⁻¹ by columns; (XᵀX)⁻¹ = R⁻¹ R⁻ᵀ.
  const inverted = Array.from({ length: p }, (_, k) => solve(Array.from({ length: p }, (_x, i) => (i === k ? 1 : 0))));
  const inverse = Array.from({ length: p }, (_, i) => Array.from({ length: p }, (_x, j) => inverted.reduce((sum, c) => sum + c[i]! * c[j]!, 0)));
  const residuals = rows.map((r, i) => y[i]! - r.reduce((s, x, k) => s + x * coefficients[k]!, 0));
  const sse = residuals.reduce((s, e) => s + e * e, 0);
  const freedom = n - p;
  const t = coefficients.map((c, k) => c / Math.sqrt((sse / freedom) * inverse[k]![k]!));
  return { kind: "fit", coefficients, t, residuals, sse, freedom, inverse };
}

function lengthFrom(values: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
}

/** How far from zero Student's t lies at most in `share` (0–1) of all cases (Hill, Algorithm 396, Commun. ACM 13, 1970). `freedom` from 1 on. */
export function studentT(share: number, freedom: number): number {
  const p = 1 - share;
  const n = Math.max(1, freedom);
  if (!(p > 0 && p < 1)) throw new RangeError(`A share of ${share} is not between 0 and 1.`);
  if (n === 1) return Math.cos((p * Math.PI) / 2) / Math.sin((p * Math.PI) / 2);
  if (n === 2) return Math.sqrt(2 / (p * (2 - p)) - 2);
  const a = 1 / (n - 0.5);
  const b = 48 / a ** 2;
  let c = ((20_700 * a) / b - 98) * a ** 2 - 16 * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * n;
  let x = d * p;
  let y = x ** (2 / n);
  if (y > 0.05 + a) {
    x = normalQuantile(1 - p / 2);
    y = x * x;
    if (n < 5) c += 0.3 * (n - 4.5) * (x + 0.6);
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = a * y * y;
    y = y > 0.002 ? Math.exp(y) - 1 : 0.5 * y * y + y;
  } else {
    y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * ((n + 1) / (n + 2)) + 1 / y;
  }
  return Math.sqrt(n * y);
}

/** Hastings' approximation, good to 4.5e-4 (Abramowitz and Stegun 26.2.23); only where t is near the normal already. */
function normalQuantile(q: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - q));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}
