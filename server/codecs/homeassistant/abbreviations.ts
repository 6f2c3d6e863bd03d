/** The short words of discovery configs (Home Assistant, MQTT discovery, "Using abbreviations"), as far as something is read of them here. */
import { isObject } from "../codec.ts";

const SHORT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    act_t: "action_topic",
    act_tpl: "action_template",
    avty: "availability",
    avty_mode: "availability_mode",
    avty_t: "availability_topic",
    avty_tpl: "availability_template",
    bri_cmd_t: "brightness_command_topic",
    bri_cmd_tpl: "brightness_command_template",
    bri_scl: "brightness_scale",
    bri_stat_t: "brightness_state_topic",
    bri_tpl: "brightness_template",
    bri_val_tpl: "brightness_value_template",
    cmd_off_tpl: "command_off_template",
    cmd_on_tpl: "command_on_template",
    cmd_t: "command_topic",
    cmd_tpl: "command_template",
    cmps: "components",
    curr_temp_t: "current_temperature_topic",
    curr_temp_tpl: "current_temperature_template",
    dev: "device",
    dev_cla: "device_class",
    en: "enabled_by_default",
    ent_cat: "entity_category",
    exp_aft: "expire_after",
    lrst_t: "last_reset_topic",
    lrst_val_tpl: "last_reset_value_template",
    mode_cmd_t: "mode_command_topic",
    mode_cmd_tpl: "mode_command_template",
    mode_stat_t: "mode_state_topic",
    mode_stat_tpl: "mode_state_template",
    o: "origin",
    obj_id: "object_id",
    off_dly: "off_delay",
    on_cmd_type: "on_command_type",
    ops: "options",
    opt: "optimistic",
    p: "platform",
    pl_avail: "payload_available",
    pl_cls: "payload_close",
    pl_not_avail: "payload_not_available",
    pl_off: "payload_off",
    pl_on: "payload_on",
    pl_open: "payload_open",
    pos_clsd: "position_closed",
    pos_open: "position_open",
    pow_cmd_t: "power_command_topic",
    pow_cmd_tpl: "power_command_template",
    pow_stat_t: "power_state_topic",
    pow_stat_tpl: "power_state_template",
    stat_cla: "state_class",
    stat_clsd: "state_closed",
    stat_closing: "state_closing",
    stat_off: "state_off",
    stat_on: "state_on",
    stat_open: "state_open",
    stat_opening: "state_opening",
    stat_t: "state_topic",
    stat_tpl: "state_template",
    stat_val_tpl: "state_value_template",
    sup_clrm: "supported_color_modes",
    t: "topic",
    temp_cmd_t: "temperature_command_topic",
    temp_cmd_tpl: "temperature_command_template",
    temp_hi_cmd_t: "temperature_high_command_topic",
    temp_hi_cmd_tpl: "temperature_high_command_template",
    temp_hi_stat_t: "temperature_high_state_topic",
    temp_hi_stat_tpl: "temperature_high_state_template",
    temp_lo_cmd_t: "temperature_low_command_topic",
    temp_lo_cmd_tpl: "temperature_low_command_template",
    temp_lo_stat_t: "temperature_low_state_topic",
    temp_lo_stat_tpl: "temperature_low_state_template",
    temp_stat_t: "temperature_state_topic",
    temp_stat_tpl: "temperature_state_template",
    temp_unit: "temperature_unit",
    uniq_id: "unique_id",
    unit_of_meas: "unit_of_measurement",
    val_tpl: "value_template",
  }),
);

const SHORT_OF_DEVICE: ReadonlyMap<string, string> = new Map(
  Object.entries({ cns: "connections", ids: "identifiers", mf: "manufacturer", mdl: "model", sa: "suggested_area" }),
);

function written(object: Readonly<Record<string, unknown>>, table: ReadonlyMap<string, string>): Map<string, unknown> {
  const long = new Map<string, unknown>();
  for (const [key, value] of Object.entries(object)) {
    const name = table.get(key) ?? key;
    // Where both are written the long word stands.
    if (name === key || !Object.hasOwn(object, name)) long.set(name, value);
  }
  return long;
}

/** A config's keys in their long words, `~` put into its topics. A map, so that no key of somebody else's can be anything but a key. */
export function spelledOut(config: Readonly<Record<string, unknown>>, base: unknown = config["~"]): ReadonlyMap<string, unknown> {
  const long = written(config, SHORT);
  const based = (topic: unknown): unknown => {
    if (typeof base !== "string" || typeof topic !== "string" || base.length + topic.length > 1_000) return topic;
    if (topic.startsWith("~")) return `${base}${topic.slice(1)}`;
    return topic.endsWith("~") ? `${topic.slice(0, -1)}${base}` : topic;
  };
  for (const [key, value] of long) if (key === "topic" || key.endsWith("_topic")) long.set(key, based(value));
  const { device, origin } = { device: long.get("device"), origin: long.get("origin") };
  if (isObject(device)) long.set("device", written(device, SHORT_OF_DEVICE));
  if (isObject(origin)) long.set("origin", written(origin, SHORT));
  const availability = long.get("availability");
  const list = Array.isArray(availability) ? availability : availability === undefined ? [] : [availability];
  if (availability !== undefined)
    long.set(
      "availability",
      list.filter(isObject).map((one) => {
        const spelled = written(one, SHORT);
        spelled.set("topic", based(spelled.get("topic")));
        return spelled;
      }),
    );
  return long;
}
