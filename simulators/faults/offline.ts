import type { Fault } from "./fault.ts";

export const offline: Fault = {
  name: "offline",
  about: "unplugged for a while: says goodbye, then nothing",
  perDay: 0.01,
  minutes: [10, 90],
  kinds: null,
  begin: () => ({ offline: true }),
};
