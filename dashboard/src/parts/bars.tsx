/** A few bars in a row, each with its name and figure on hover; read out as a list. */
import { format } from "../i18n.ts";

export function Bars({ label, values }: { readonly label: string; readonly values: readonly { readonly name: string; readonly value: number }[] }) {
  const most = Math.max(1, ...values.map((v) => v.value));
  return (
    <svg
      class="bars"
      viewBox={`0 0 ${Math.max(1, values.length) * 8} 40`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: ${values.map((v) => `${v.name} ${v.value}`).join(", ")}`}
    >
      {values.map((v, i) => (
        <rect key={v.name} x={i * 8 + 1} width={6} y={40 - (v.value / most) * 38} height={(v.value / most) * 38}>
          <title>{`${v.name}: ${format.value.number(v.value)}`}</title>
        </rect>
      ))}
    </svg>
  );
}
