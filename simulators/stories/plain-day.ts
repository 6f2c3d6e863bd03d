import type { Story } from "./story.ts";

export const plainDay: Story = {
  name: "plain-day",
  about: "a working day with nothing planted: only people, weather and chance",
  start: "2026-07-01T08:00",
  plants: [],
};
