import type { Story } from "./story.ts";

export const holiday: Story = {
  name: "holiday",
  about: "National Day: nobody works, the building is lit as it may be, and a few things run for nobody",
  start: "2026-10-01T08:00",
  holiday: true,
  plants: [
    { at: "08:05", scene: { kind: "forgets", room: "301", what: ["light", "ac"], minutes: 300 } },
    { at: "09:30", scene: { kind: "print", copier: "copier-3", pages: 16, nameless: true } },
    { at: "11:00", scene: { kind: "tap", room: "2f-restroom", flow: 2.5, minutes: 180 } },
    { at: "18:30", scene: { kind: "decorative", on: true } },
  ],
};
