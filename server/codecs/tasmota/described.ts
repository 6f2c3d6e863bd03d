/** A Tasmota box, or one of its relays, as the house is told of it. */
import type { DescribedPoint, Description } from "../../core/description.ts";
import { guessKind } from "../../core/description.ts";
import type { DeviceKind } from "../../core/device.ts";
import type { PointValue } from "../../core/reading.ts";
import type { Box, Relay } from "./discovery.ts";
import { unitIn } from "./units.ts";

/** TelePeriod's default, s; what sleeps deeply speaks when it wakes. */
const TELE_SECONDS = 300;
const ASLEEP_SECONDS = 3600;

/** `relay`: one of several, else null; `switched`: the relay that its `on` is. `values`: what it says, as an example, out of `sensors`. */
export function describedAs(
  box: Box,
  relay: Relay | null,
  switched: Relay | undefined,
  values: Readonly<Record<string, PointValue>>,
  sensors: Readonly<Record<string, unknown>>,
  unread: readonly string[],
): Description {
  const address = relay === null ? box.mac : `${box.mac}/${relay.index}`;
  const own_ = new Set(Object.keys(values));
  const writes = new Set(own_.has("supply") ? ["on", "setpoint"] : []);
  if (switched !== undefined) {
    writes.add("on");
    if (switched.light && box.dims) writes.add("brightness");
  }
  const points = [...new Set([...writes, ...own_])].map((point): DescribedPoint => ({
    name: point,
    key: point,
    unit: unitIn(point, sensors),
    writable: writes.has(point),
  }));
  return {
    address,
    aliases: [relay === null ? box.topic : `${box.topic}/${relay.index}`],
    name: relay?.name ?? box.name,
    hardware: [`mac:${address}`],
    maker: null,
    model: box.module,
    area: null,
    kind: kindOf(box, switched, new Set(points.map((p) => p.name))),
    points,
    topic: `${box.tele}${relay === null && own_.size > 0 ? "SENSOR" : "STATE"}`,
    interval: box.sleeps ? ASLEEP_SECONDS : TELE_SECONDS,
    openLoop: false,
    unread,
  };
}

function kindOf({ name, module }: Box, switched: Relay | undefined, points: ReadonlySet<string>): DeviceKind | null {
  if (switched?.light === true) return "light";
  if (switched !== undefined && /\b(plug|socket|outlet)\b|插座/i.test(`${name} ${module ?? ""}`)) return "plug";
  return guessKind(points);
}
