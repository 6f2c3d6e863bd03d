import type { Story } from "./story.ts";

export const windows: Story = {
  name: "windows",
  about: "a mild June morning: people open windows and let the air conditioners run",
  start: "2026-06-10T08:30",
  weather: { warmer: 1, cloud: 0.2 },
  plants: ["301", "303", "305", "202", "204", "206", "302", "304"].map((room, n) => ({
    at: `${String(8 + Math.floor((33 + n * 12) / 60)).padStart(2, "0")}:${String((33 + n * 12) % 60).padStart(2, "0")}`,
    scene: { kind: "window", room, minutes: 25 } as const,
  })),
};
