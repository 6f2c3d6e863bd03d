import type { Story } from "./story.ts";

export const leak: Story = {
  name: "leak",
  about: "a pipe leaks all night behind a restroom's meter, and a tap runs in another",
  start: "2026-07-07T20:00",
  plants: [
    { at: "20:06", scene: { kind: "tap", room: "2f-restroom", flow: 1.8, minutes: 700, leak: true } },
    { at: "21:30", scene: { kind: "tap", room: "3f-restroom", flow: 4, minutes: 90 } },
    { at: "02:00", scene: { kind: "tap", room: "1f-restroom", flow: 0.8, minutes: 200, leak: true } },
  ],
};
