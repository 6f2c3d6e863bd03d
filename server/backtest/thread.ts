/** The thread in which a back-test is worked out, so that the house never waits for it. */
import { parentPort, workerData } from "node:worker_threads";
import type { FromThread, Setup, ToThread } from "./protocol.ts";
import { setUp } from "./set-up.ts";

const port = parentPort;
if (port === null) throw new Error("this file is started as a worker by the back-test");
const run = setUp(workerData as Setup);
const say = (message: FromThread) => port.postMessage(message);

port.on("message", (message: ToThread) => {
  if (message.kind === "slice") {
    run.take(message.slice);
    say({ kind: "took" });
  } else {
    say({ kind: "result", result: run.finish() });
    port.close();
  }
});
