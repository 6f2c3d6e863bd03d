import type { Story } from "./story.ts";

export const coldRoom: Story = {
  name: "cold-room",
  about: "a cold January day: a cool boiler in the morning, a hot one at noon, and heaters set to 26 °C",
  start: "2027-01-13T08:00",
  weather: { warmer: -4, cloud: 0.5 },
  plants: [
    { at: "08:00", scene: { kind: "boiler", to: 36 } },
    { at: "08:04", scene: { kind: "setpoint", room: "301", mode: "heat", to: 26, minutes: 25 } },
    { at: "08:20", scene: { kind: "setpoint", room: "202", mode: "heat", to: 24, minutes: 25 } },
    { at: "10:00", scene: { kind: "window", room: "303", minutes: 25 } },
    { at: "11:00", scene: { kind: "boiler", to: 78 } },
    { at: "14:10", scene: { kind: "setpoint", room: "301", mode: "heat", to: 25, minutes: 25 } },
    { at: "17:40", scene: { kind: "forgets", room: "304", what: ["light", "ac"], minutes: 120 } },
  ],
};
