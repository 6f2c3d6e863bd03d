/** OpenMQTTGateway (DEVICES §9), with the payloads of its documentation. */
import { describe, expect, it } from "vitest";
import type { Heard } from "../../server/codecs/codec.ts";
import { createCodecs } from "../../server/codecs/all.ts";
import { sourcesSchema } from "../../server/contract/sources.ts";
import { createOpenMqttGateway } from "../../server/codecs/openmqttgateway.ts";
import { addressed, fuzz, hear, lastSaid } from "../support/codec.ts";

const gateway = () => createOpenMqttGateway(["home", "upstairs/radio"]);
const BT = "home/OpenMQTTGateway/BTtoMQTT/A4C138000001";
const THERMOMETER =
  '{"id":"A4:C1:38:00:00:01","name":"LYWSD03MMC","rssi":-70,"brand":"Xiaomi","model":"LYWSD03MMC","tempc":22.4,"tempf":72.32,"hum":41,"batt":87}';
const RADIO = "home/OMG_lilygo/RTL_433toMQTT/Acurite-Tower/A/8623";
const TOWER =
  '{"model":"Acurite-Tower","id":8623,"channel":"A","battery_ok":1,"temperature_C":21.3,"humidity":44,"protocol":"Acurite 592TXR","rssi":-81,"duration":216}';

describe("OpenMQTTGateway", () => {
  it("reads what it hears by Bluetooth: one device, whichever gateway heard it", () => {
    const codec = gateway();
    expect(hear(codec, BT, THERMOMETER)).toMatchObject([
      {
        kind: "described",
        description: { address: "a4c138000001", name: "LYWSD03MMC 000001", maker: "Xiaomi", model: "LYWSD03MMC", hardware: ["mac:a4c138000001"] },
      },
      { kind: "said", address: "a4c138000001", said: { ts: null, values: { temperature: 22.4, humidity: 41, batt: 87 } } },
    ]);
    expect(lastSaid(hear(codec, "upstairs/radio/OMG_2/BTtoMQTT/A4C138000001", THERMOMETER)).values).toMatchObject({ temperature: 22.4 });
  });

  it("reads numbers that older gateways write as texts", () => {
    expect(lastSaid(hear(gateway(), "home/OpenMQTTGateway/BTtoMQTT/4C33A6603C79", '{"hum":"52.6","tempc":"19.2","tempf":"66.56"}')).values).toEqual({
      humidity: 52.6,
      temperature: 19.2,
    });
  });

  it.each([
    ["a beacon", "45E174126E00", '{"id":"45:e1:74:12:6e:00","rssi":-89,"distance":21.51847,"servicedata":"fe00"}'],
    [
      "a phone",
      "6087574C9BC2",
      '{"id":"60:87:57:4C:9B:C2","mac_type":1,"rssi":-78,"brand":"GENERIC","model":"iBeacon","model_id":"IBEACON","uuid":"1d","major":0}',
    ],
    ["a watch", "608757000000", '{"id":"60:87:57:00:00:00","rssi":-78,"brand":"Apple","model":"Apple Watch","unlocked":true,"batt":80}'],
    ["what has no address of its own", "1de4b189115e45f6b44e509352269977", '{"id":"52:10:A8:46:90:AC","tempc":20}'],
  ])("takes %s for nobody", (_, id, payload) => {
    expect(hear(gateway(), `home/OpenMQTTGateway/BTtoMQTT/${id}`, payload)).toEqual([]);
  });

  it("reads what it hears on 433 MHz as rtl_433 says it, repeats once", () => {
    const codec = gateway();
    expect(hear(codec, RADIO, TOWER)).toMatchObject([
      { kind: "described", description: { address: "Acurite-Tower/8623", model: "Acurite-Tower" } },
      { kind: "said", address: "Acurite-Tower/8623", said: { values: { temperature: 21.3, humidity: 44, battery_ok: 1 } } },
    ]);
    expect(hear(codec, RADIO, TOWER.replace("-81", "-79"))).toEqual([]);
    expect(hear(codec, "home/OMG_lilygo/RTL_433toMQTT", '{"model":"status","protocol":"debug"}')).toBeNull();
    expect(hear(codec, "home/OMG_lilygo/RTL_433toMQTT/status", '{"model":"status","protocol":"debug"}')).toEqual([]);
  });

  it("leaves remote codes to mappings, its own sensors to discovery, and other trees to others", () => {
    for (const topic of [
      "home/OpenMQTTGateway/433toMQTT",
      "home/OpenMQTTGateway/LWT",
      "home/OpenMQTTGateway/RN8209toMQTT",
      "home/kitchen/lamp",
      "other/x/BTtoMQTT/A4C138000001",
    ])
      expect(hear(gateway(), topic, '{"value":1315156,"protocol":1,"length":24,"delay":317}')).toBeNull();
    expect(hear(gateway(), BT, "[]")).toMatchObject([{ kind: "rejected", fate: "malformed" }]);
    expect(hear(gateway(), BT, "x".repeat(10_000))).toMatchObject([{ kind: "rejected", fate: "oversized" }]);
    expect(gateway().encode(addressed("a4c138000001", null), { on: false }, "c", 0)).toMatchObject({ kind: "cannot" });
  });

  it("is no second device by its own discovery, whose topics are any gateway's; what the gateway measures itself is", () => {
    const config = (topic: string, id: string) => ({
      stat_t: topic,
      name: id,
      uniq_id: id,
      dev_cla: "power",
      val_tpl: "{{ value_json.power | is_defined }}",
      unit_of_meas: "W",
      device: { ids: ["A4C138000001"], cns: [["mac", "A4C138000001"]], mf: "Xiaomi", mdl: "LYWSD03MMC", name: "LYWSD03MMC-000001" },
    });
    const codec = createCodecs(sourcesSchema.parse({})).find((c) => c.id === "homeassistant")!;
    const said = (heard: readonly Heard[] | null) => heard?.filter((h) => h.kind !== "listen");
    expect(said(hear(codec, "homeassistant/sensor/A4C138000001-power/config", config("+/+/BTtoMQTT/A4C138000001", "A4C138000001-power")))).toEqual([]);
    // So do the scripts beside rtl_433 and wmbusmeters.
    for (const [topic, id] of [
      ["rtl_433/pi/devices/Acurite-Tower/A/8623/temperature_C", "tower"],
      ["wmbusmeters/33225544", "water"],
    ] as const)
      expect(said(hear(codec, `homeassistant/sensor/${id}/config`, config(topic, id)))).toEqual([]);
    const alone = createCodecs(sourcesSchema.parse({ off: ["rtl433"] })).find((c) => c.id === "homeassistant")!;
    expect(said(hear(alone, "homeassistant/sensor/tower/config", config("rtl_433/pi/devices/x/1/power_W", "tower")))).toMatchObject([{ kind: "described" }]);
    expect(said(hear(codec, "homeassistant/sensor/gw-power/config", config("home/OpenMQTTGateway/RN8209toMQTT", "gw-power")))).toMatchObject([
      { kind: "described" },
    ]);
    expect(lastSaid(hear(codec, "home/OpenMQTTGateway/RN8209toMQTT", '{"volt":120.345,"current":7.9264,"power":954.6132}')).values).toEqual({
      power: 954.6132,
    });
  });

  it("throws at nothing", () =>
    fuzz(gateway, [
      [BT, THERMOMETER],
      [RADIO, TOWER],
    ]));
});
