// raw QoS1 publisher: port, devices-offset, seconds, window
import { connect } from "node:net";
import { generate } from "mqtt-packet";
const [port, off, seconds, window] = process.argv.slice(2).map(Number) as [number, number, number, number];
const s = connect(port, "127.0.0.1"); s.setNoDelay(true);
s.write(generate({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, clientId: "pub" + off, keepalive: 0 } as never));
const pkts: Buffer[] = []; for (let i = 0; i < 500; i++) pkts.push(generate({ cmd: "publish", topic: `jieyue/hall/ac-${off + i}/state`, payload: `{"on":true,"setpoint":24,"temperature":26.8,"power":812,"ts":1780000000000,"mode":"cool"}`, qos: 1, messageId: 1, dup: false, retain: false }));
let inflight = 0, id = 0, sent = 0, acked = 0, on = false; const idAt = 2 + 2 + Buffer.byteLength(`jieyue/hall/ac-${off}/state`);
function fill() { const out: Buffer[] = []; while (on && inflight < window) { id = id % 65535 + 1; const p = Buffer.from(pkts[sent % 500]!); const at = 2 + 2 + p.readUInt16BE(2); p.writeUInt16BE(id, at); out.push(p); inflight++; sent++; } if (out.length) s.write(Buffer.concat(out)); }
s.once("data", d => { on = true; let rest = 0; s.on("data", c => { rest += c.length; const n = rest >> 2; rest &= 3; inflight -= n; acked += n; fill(); }); fill(); setTimeout(() => { on = false; setTimeout(() => { console.log(JSON.stringify({ acked, perS: acked / seconds })); process.exit(0); }, 500); }, seconds * 1000); });
