/** Topics that are heard for a trial, and let go. */
import { expect, it } from "vitest";
import { createTrialTopics, TRIAL_MS } from "../server/trial-topics.ts";

it("a trial's topics are let go when nobody tries any more; what is wanted for good stays", () => {
  const heard = new Set(["standing"]);
  const topics = createTrialTopics({
    listen: (filters) => filters.filter((f) => !heard.has(f) && heard.add(f)),
    unlisten: (filters) => filters.forEach((f) => heard.delete(f)),
  });
  topics.try(["ems/+/up", "standing", "kept/+"], 0);
  topics.try(["ems/+/up"], 5_000);
  topics.hear(["kept/+"]);
  topics.sweep(TRIAL_MS);
  expect([...heard]).toEqual(["standing", "ems/+/up", "kept/+"]);
  topics.sweep(TRIAL_MS + 5_000);
  expect([...heard]).toEqual(["standing", "kept/+"]);
});
