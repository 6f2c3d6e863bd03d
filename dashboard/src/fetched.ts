/** An answer of the server that a part of the page shows, asked again when something tells that it changed. */
import { useEffect, useState } from "preact/hooks";
import type { ProblemDto } from "../../server/contract/problem.ts";
import { get } from "./api.ts";

export interface Fetched<T> {
  readonly data: T | null;
  readonly problem: ProblemDto | null;
  readonly reload: () => void;
}

/** `again`: asks anew when it changes. `every`: and after so many ms, while the page is looked at. */
export function useFetched<T>(path: string, again: unknown = null, every: number | null = null): Fetched<T> {
  const [state, setState] = useState<{ readonly path: string; readonly data: T | null; readonly problem: ProblemDto | null }>({
    path,
    data: null,
    problem: null,
  });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let gone = false;
    const run = async () => {
      const answer = await get<T>(path);
      if (gone) return;
      // What was shown stays while the server cannot be reached.
      if (answer.ok) setState({ path, data: answer.data, problem: null });
      else setState((before) => ({ path, data: before.path === path ? before.data : null, problem: answer.problem }));
    };
    void run();
    const timer = every === null ? null : setInterval(() => document.visibilityState === "visible" && void run(), every);
    return () => {
      gone = true;
      if (timer !== null) clearInterval(timer);
    };
  }, [path, again, every, turn]);
  const fresh = state.path === path;
  return { data: fresh ? state.data : null, problem: fresh ? state.problem : null, reload: () => setTurn(turn + 1) };
}
