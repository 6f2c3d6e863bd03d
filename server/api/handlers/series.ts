/** Series for charts, and the same as CSV. */
import type { Zone } from "../../core/zone.ts";
import { createZone } from "../../core/zone.ts";
import type { Office } from "../../ports/office.ts";
import type { Ask, Handlers } from "../route.ts";
import { Lines } from "../route.ts";
import { answerSeries } from "../series/answer.ts";
import { csvLines } from "../series/csv.ts";
import { planSeries } from "../series/plan.ts";

export function seriesHandlers(): Handlers<"series" | "seriesCsv"> {
  let zone: Zone | null = null;
  const answer = ({ office, eyes, query }: Pick<Ask<"series">, "eyes"> & { readonly office: Office; readonly query: Ask<"series">["query"] }) => {
    zone ??= createZone(office.house.site.timezone);
    return answerSeries(office, zone, planSeries(office.house, query, eyes.now), eyes.iso);
  };
  return {
    series: { run: answer },
    seriesCsv: {
      async run(ask) {
        const { lang, ...query } = ask.query;
        const answered = await answer({ ...ask, query });
        return new Lines("text/csv", lines(csvLines(answered, lang, ask.eyes.iso)));
      },
    },
  };
}

async function* lines(of: Iterable<string>): AsyncGenerator<string> {
  for (const line of of) yield line;
}
