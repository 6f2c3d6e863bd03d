/** Ending what somebody began: a booking, an exception, a silence. */
import { ask } from "../api.ts";
import { tellDone, tellProblem } from "./notice.tsx";

/** Ends what stands at a path of the API, and says that it did, or why it could not. */
export async function endAt(path: string, done: string): Promise<void> {
  const answer = await ask("DELETE", path);
  if (answer.ok) tellDone(done);
  else tellProblem(answer.problem);
}
