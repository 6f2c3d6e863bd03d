/** The day's meetings: rooms, times, and who has to come. */
import type { Random } from "../random.ts";
import type { Meeting, Person } from "./plan.ts";

/** @param rooms `<building>/<space>` of the meeting rooms. Starts at full quarters, morning and afternoon. */
export function drawMeetings(rooms: readonly string[], people: readonly Person[], random: Random): Meeting[] {
  const departments = [...new Set(people.map((p) => p.department))];
  if (departments.length === 0) return [];
  const meetings: Meeting[] = [];
  for (const space of rooms) {
    for (const [earliest, latest] of [
      [540, 600],
      [870, 930],
    ] as const) {
      if (!random.chance(0.6)) continue;
      const from = earliest + 15 * random.int(0, (latest - earliest) / 15);
      const host = random.pick(departments);
      const who = people.filter((p) => p.department === host || random.chance(0.06)).slice(0, 14);
      meetings.push({ space, from, until: from + random.between(35, 85), who: new Set(who.map((p) => p.id)) });
    }
  }
  return meetings;
}
