/** What is switched: switch, fan, light (three schemas), valve. */
import type { PointValue } from "../../core/reading.ts";
import { isObject, own } from "../codec.ts";
import type { Outgoing } from "../codec.ts";
import type { Config, Target } from "./config.ts";
import type { Component, Read, Role, Values } from "./entity.ts";
import { message, messages, NOTHING } from "./entity.ts";
import { switched } from "./sensors.ts";

const ON = (writable: boolean): Role => ({ role: "on", office: "on", unit: null, writable });

/** A switch or a fan. `claim`: against the other entities of its device. */
export function simpleSwitch(config: Config, stateTemplate: string, claim: number): Component {
  const source = config.source("state_topic", stateTemplate);
  const target = config.target("command_topic", "command_template");
  // What the state says may be other words than those of the command.
  const state = switched(config, config.has("state_on") ? "state_on" : "payload_on", config.has("state_off") ? "state_off" : "payload_off");
  const take: Read["take"] = ({ text }): Values => {
    const on = state(text);
    return on === undefined ? NOTHING : { on };
  };
  const kind = claim === FAN || config.optional("device_class") === "outlet" ? "plug" : null;
  const known: Component = {
    roles: [ON(target !== null)],
    reads: source === null ? [] : [{ source, take }],
    claim,
    kind,
    openLoop: target !== null && source === null,
  };
  if (target === null) return known;
  return { ...known, write: ({ on }) => (typeof on === "boolean" ? messages([onOff(config, target, on)]) : "It is switched on or off, nothing else.") };
}

export const SWITCH = 20;
export const FAN = 10;
const LIGHT = 30;
const VALVE = 25;

function onOff(config: Config, target: Target, on: boolean): Outgoing | string {
  const payload = on ? config.payload("payload_on", "ON") : config.payload("payload_off", "OFF");
  return message(target, payload);
}

const percent = (value: unknown, scale: number): number | null => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && scale > 0 ? Math.round((number * 100) / scale) : null;
};

function brightnessRole(writable: boolean): Role {
  return { role: "brightness", office: "brightness", unit: "%", writable, min: 0, max: 100 };
}

/** What is wished of a light; a sentence where it is nothing that a light has. Brightness in percent. */
function wished(set: Readonly<Record<string, PointValue>>): { readonly on: boolean; readonly brightness: number | null } | string {
  const { on, brightness } = set;
  if (brightness !== undefined && (typeof brightness !== "number" || !(brightness >= 0 && brightness <= 100))) return "Its brightness goes from 0 to 100 %.";
  if (on !== undefined && typeof on !== "boolean") return "It is switched on or off.";
  if (on === false || brightness === 0) return { on: false, brightness: null };
  return { on: true, brightness: brightness ?? null };
}

export function light(config: Config): Component {
  const schema = config.text("schema", "default");
  if (schema === "json") return jsonLight(config);
  return schema === "template" ? templateLight(config) : plainLight(config);
}

function plainLight(config: Config): Component {
  const scale = config.number("brightness_scale") ?? 255;
  const state = switched(config);
  const reads: Read[] = [];
  const source = config.source("state_topic", "state_value_template", "value_template");
  if (source !== null) {
    reads.push({
      source,
      take({ text }) {
        const on = state(text);
        return on === undefined ? NOTHING : { on };
      },
    });
  }
  const dimmed = config.source("brightness_state_topic", "brightness_value_template");
  if (dimmed !== null) reads.push({ source: dimmed, take: ({ text }) => (text === "" ? NOTHING : { brightness: percent(text, scale) }) });
  const target = config.target("command_topic");
  const dims = config.target("brightness_command_topic", "brightness_command_template");
  const roles = [ON(target !== null), ...(dimmed === null && dims === null ? [] : [brightnessRole(dims !== null)])];
  const onType = config.text("on_command_type", "last");
  if (target === null) return { roles, reads, claim: LIGHT, kind: "light", openLoop: false };
  return {
    roles,
    reads,
    claim: LIGHT,
    kind: "light",
    openLoop: source === null,
    write(set, device) {
      const wish = wished(set);
      if (typeof wish === "string") return wish;
      if (!wish.on) return messages([onOff(config, target, false)]);
      const before = device.value("brightness");
      const level = wish.brightness ?? (onType === "brightness" ? (typeof before === "number" && before > 0 ? before : 100) : null);
      if (level === null) return messages([onOff(config, target, true)]);
      if (dims === null) return "It cannot be dimmed.";
      const dimming = message(dims, Math.max(1, Math.round((level * scale) / 100)));
      if (onType === "brightness") return messages([dimming]);
      const both = [onOff(config, target, true), dimming];
      return messages(onType === "first" ? both : both.reverse());
    },
  };
}

function jsonLight(config: Config): Component {
  const scale = config.number("brightness_scale") ?? 255;
  const dims = config.flag("brightness") || config.list("supported_color_modes").some((mode) => mode !== "onoff");
  const source = config.source("state_topic");
  const target = config.target("command_topic");
  const roles = [ON(target !== null), ...(dims ? [brightnessRole(target !== null)] : [])];
  const take: Read["take"] = ({ json }): Values => {
    if (!isObject(json)) return NOTHING;
    const state = own(json, "state");
    const level = own(json, "brightness");
    return {
      ...(state === "ON" || state === "OFF" ? { on: state === "ON" } : state === null ? { on: null } : {}),
      ...(dims && level !== undefined ? { brightness: percent(level, scale) } : {}),
    };
  };
  const known = { roles, reads: source === null ? [] : [{ source, take }], claim: LIGHT, kind: "light", openLoop: target !== null && source === null } as const;
  if (target === null) return known;
  return {
    ...known,
    write(set) {
      const wish = wished(set);
      if (typeof wish === "string") return wish;
      if (wish.brightness !== null && !dims) return "It cannot be dimmed.";
      const brightness = wish.brightness === null ? {} : { brightness: Math.max(1, Math.round((wish.brightness * scale) / 100)) };
      return [{ topic: target.topic, payload: JSON.stringify({ state: wish.on ? "ON" : "OFF", ...brightness }) }];
    },
  };
}

function templateLight(config: Config): Component {
  const state = config.source("state_topic", "state_template");
  const level = config.source("state_topic", "brightness_template");
  const [turnsOn, turnsOff] = [config.target("command_topic", "command_on_template"), config.target("command_topic", "command_off_template")];
  const dims = config.has("brightness_template");
  const commanded = turnsOn !== null && turnsOff !== null && turnsOn.template !== null && turnsOff.template !== null;
  const reads: Read[] = [];
  if (state !== null && state.template !== null) {
    const take: Read["take"] = ({ text }) => (/^(?:on|off)$/i.test(text) ? { on: text.toLowerCase() === "on" } : NOTHING);
    reads.push({ source: state, take });
  }
  if (level !== null && dims) reads.push({ source: level, take: ({ text }) => (text === "" ? NOTHING : { brightness: percent(text, 255) }) });
  const roles = [ON(commanded), ...(dims ? [brightnessRole(commanded)] : [])];
  const known = { roles, reads, claim: LIGHT, kind: "light", openLoop: commanded && reads.length === 0 } as const;
  if (!commanded) return known;
  return {
    ...known,
    write(set) {
      const wish = wished(set);
      if (typeof wish === "string") return wish;
      const target = wish.on ? turnsOn : turnsOff;
      // The template asks itself whether a brightness is wished.
      const variables = { state: wish.on ? "on" : "off", ...(wish.brightness === null ? {} : { brightness: Math.max(1, Math.round(wish.brightness * 2.55)) }) };
      const rendered = target.template!.render(new Map(Object.entries(variables)));
      return "text" in rendered ? [{ topic: target.topic, payload: rendered.text }] : `Its command template cannot be run: ${rendered.wrong}.`;
    },
  };
}

export function valve(config: Config): Component {
  const positions = config.flag("reports_position");
  const [open, closed] = [config.number("position_open") ?? 100, config.number("position_closed") ?? 0];
  const words: ReadonlyMap<string, string> = new Map([
    [config.word("state_open", "open"), "open"],
    [config.word("state_closed", "closed"), "closed"],
  ]);
  const source = config.source("state_topic", "value_template");
  const target = config.target("command_topic", "command_template");
  const take: Read["take"] = ({ text, json }): Values => {
    const said = isObject(json) ? own(json, "position") : text;
    const position = positions && text !== "" && (typeof said === "number" || typeof said === "string") ? Number(said) : Number.NaN;
    // Whatever is not shut lets water through.
    if (Number.isFinite(position)) return { valve: position === closed ? "closed" : "open" };
    const state = isObject(json) ? own(json, "state") : text;
    const known = words.get(typeof state === "string" ? state.trim().toLowerCase() : "");
    return known === undefined ? NOTHING : { valve: known };
  };
  const role: Role = { role: "valve", office: "valve", unit: null, writable: target !== null, values: ["open", "closed"] };
  const known = {
    roles: [role],
    reads: source === null ? [] : [{ source, take }],
    claim: VALVE,
    kind: "water",
    openLoop: target !== null && source === null,
  } as const;
  if (target === null) return known;
  return {
    ...known,
    write({ valve: wish }) {
      if (wish !== "open" && wish !== "closed") return "A valve is open or closed.";
      if (positions) return messages([message(target, wish === "open" ? open : closed)]);
      return messages([message(target, wish === "open" ? config.payload("payload_open", "OPEN") : config.payload("payload_close", "CLOSE"))]);
    },
  };
}
