/** Devices, points and print jobs as the border shows them. */
import { unitOfPoint } from "../../core/description.ts";
import { pointDefinition } from "../../core/device.ts";
import type { DeviceState, House } from "../../core/house.ts";
import { deviceStatus, protectionOf } from "../../core/house.ts";
import type { PointState, PrintJob } from "../../core/policy.ts";
import { may } from "../../core/roles.ts";
import type { DeviceDto, JobDto, PointDto, PointListDto } from "../devices.ts";
import type { Eyes } from "./eyes.ts";
import { orNull } from "./eyes.ts";

function pointDto(eyes: Eyes, state: DeviceState, name: string, point: PointState): PointDto {
  const definition = pointDefinition(state.device.kind, name);
  return {
    name,
    unit: unitOfPoint(state.device, name),
    value: point.value,
    at: eyes.iso(point.at),
    quality: point.quality,
    writable: definition?.writable === true,
  };
}

/** A device with every point that was ever heard of it, or only with the points named in `only`. */
export function deviceDto(eyes: Eyes, house: House, state: DeviceState, only?: ReadonlySet<string>): DeviceDto {
  const { device } = state;
  const points: PointDto[] = [];
  for (const [name, point] of state.points) if (only === undefined || only.has(name)) points.push(pointDto(eyes, state, name, point));
  return {
    id: device.id,
    name: device.name,
    kind: device.kind,
    building: device.building,
    space: device.space,
    department: device.department,
    codec: device.codec,
    topic: device.topic,
    status: deviceStatus(state, eyes.now),
    protection: protectionOf(house, device),
    tags: [...device.tags],
    seenAt: orNull(eyes, state.seenAt),
    points,
    ...(device.ignored === true ? { ignored: true } : {}),
  };
}

/** Every point of a device, with its id. */
export function pointListDtos(eyes: Eyes, state: DeviceState): PointListDto[] {
  return [...state.points].map(([name, point]) => ({ id: `${state.device.id}/${name}`, device: state.device.id, ...pointDto(eyes, state, name, point) }));
}

/** A print job; `department` is the copier's. */
export function jobDto(eyes: Eyes, device: string, job: PrintJob, department: string | null): JobDto {
  const personal = may(eyes.actor, "view-personal", department);
  return {
    device,
    job: job.job,
    user: personal ? job.user : null,
    document: personal ? job.document : null,
    pages: job.pages,
    copies: job.copies,
    sheets: job.sheets,
    uncounted: job.uncounted === true,
    duplex: job.duplex,
    reused: job.reused ?? null,
    color: job.color,
    state: job.state,
    at: eyes.iso(job.at),
  };
}
