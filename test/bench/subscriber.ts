/** The bare counting subscriber that the server is measured against: MQTT.js, QoS 1, nothing done with the messages. argv: port, topic. */
import { connect } from "mqtt";

const [port, topic] = process.argv.slice(2) as [string, string];
let count = 0;
const client = connect(`mqtt://127.0.0.1:${port}`, { clientId: `bare-${process.pid}`, clean: true });
client.on("packetreceive", (packet) => {
  if (packet.cmd === "publish") count++;
});
client.on("connect", () => client.subscribe(topic, { qos: 1 }, () => process.send?.({ ready: true })));
process.on("message", (m) => {
  if (m === "count") process.send?.({ count });
  if (m === "stop") client.end(false, () => process.exit(0));
});
