import type { Story } from "./story.ts";

export const summer: Story = {
  name: "summer",
  about: "weeks of a summer: what chance alone seldom brings comes on some of its days (leaks at night, lit façades, drafts, walk-up copies, cool mornings)",
  start: "2026-06-01T08:00",
  plants: [
    { at: "09:10", every: [3, 1], scene: { kind: "setpoint", room: "301", to: 22, minutes: 90 } },
    { at: "09:40", every: [4, 0], scene: { kind: "window", room: "303", minutes: 40 } },
    { at: "10:05", every: [3, 0], scene: { kind: "print", copier: "copier-3", pages: 9, document: "工作总结初稿" } },
    { at: "10:20", every: [4, 2], scene: { kind: "print", copier: "copier-2", pages: 32 } },
    { at: "11:00", every: [3, 2], scene: { kind: "copies", copier: "copier-213", pages: 45 } },
    { at: "13:20", every: [5, 3], scene: { kind: "forgets", room: "305", what: ["light", "ac"], minutes: 60 } },
    { at: "15:10", every: [3, 1], scene: { kind: "tap", room: "3f-restroom", flow: 4, minutes: 45 } },
    { at: "16:30", every: [4, 1], scene: { kind: "fault", device: "ac-313", fault: "says-off", minutes: 300 } },
    { at: "16:40", every: [4, 1], scene: { kind: "setpoint", room: "313", to: 23, minutes: 60 } },
    { at: "19:00", every: [4, 3], scene: { kind: "print", copier: "copier-3", pages: 6 } },
    { at: "19:30", every: [3, 0], scene: { kind: "decorative", on: true } },
    { at: "20:06", every: [7, 4], scene: { kind: "tap", room: "plant-room", flow: 1.8, minutes: 700, leak: true } },
  ],
};
