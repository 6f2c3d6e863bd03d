import type { Story } from "./story.ts";

export const forgottenEvening: Story = {
  name: "forgotten-evening",
  about: "half past five on a summer day: everybody leaves and half of them forget",
  start: "2026-07-02T17:30",
  weather: { warmer: 1, cloud: 0.3 },
  plants: [
    { at: "17:32", scene: { kind: "forgets", room: "301", what: ["light", "ac"], minutes: 180 } },
    { at: "17:34", scene: { kind: "forgets", room: "302", what: ["light"], minutes: 180 } },
    { at: "17:36", scene: { kind: "forgets", room: "303", what: ["ac"], minutes: 180 } },
    { at: "17:40", scene: { kind: "setpoint", room: "304", to: 22, minutes: 100 } },
    { at: "17:45", scene: { kind: "tap", room: "3f-restroom", flow: 4, minutes: 120 } },
    { at: "18:20", scene: { kind: "forgets", room: "201", what: ["light", "ac"], minutes: 240 } },
    { at: "19:00", scene: { kind: "print", copier: "copier-3", pages: 40 } },
    { at: "19:20", scene: { kind: "decorative", on: true } },
    { at: "19:40", scene: { kind: "fault", device: "ac-302", fault: "says-off", minutes: 120 } },
    { at: "19:42", scene: { kind: "forgets", room: "302", what: ["ac"], minutes: 120 } },
  ],
};
