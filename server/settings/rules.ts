/** What one setting demands of another. */
import { existsSync } from "node:fs";
import type { Settings } from "../contract/settings.ts";

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

function asUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** Settings with what follows from others filled in (`auth.mode`; name and password out of `mqtt.url`), or every contradiction, as `path: message`. */
export function settle(given: Settings): { readonly settings: Settings; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const { http, influx, auth } = given;
  let { mqtt } = given;

  const page = http.url === "" ? null : asUrl(http.url);
  if (http.url !== "" && (page === null || !["http:", "https:"].includes(page.protocol)))
    problems.push("http.url: must be an address such as https://jieyue.example.gov.cn");
  // Behind a proxy on the same machine everyone seems to come from loopback.
  const local = isLoopback(http.host) && (page === null || isLoopback(page.hostname));
  if (auth.mode === "open" && !local)
    problems.push(`auth.mode: open is for loopback only, but ${isLoopback(http.host) ? `http.url is ${http.url}` : `http.host is ${http.host}`}; use password`);

  if (mqtt.url !== "") {
    const url = asUrl(mqtt.url);
    if (url === null || !["mqtt:", "mqtts:"].includes(url.protocol) || url.hostname === "")
      problems.push("mqtt.url: must be mqtt://host:port or mqtts://host:port");
    else if (url.username !== "" || url.password !== "") {
      const named = {
        username: mqtt.username === "" ? decode(url.username) : mqtt.username,
        password: mqtt.password === "" ? decode(url.password) : mqtt.password,
      };
      url.username = "";
      url.password = "";
      mqtt = { ...mqtt, ...named, url: url.href };
    }
    if (mqtt.ca !== "" && url?.protocol === "mqtt:") problems.push("mqtt.ca: needs an mqtts:// address in mqtt.url; mqtt:// is not encrypted");
  } else {
    if (!isLoopback(mqtt.host) && mqtt.users.length === 0)
      problems.push(`mqtt.host: the embedded broker listens on ${mqtt.host} only with mqtt.users; give each gateway a name and a password`);
    if (mqtt.port !== 0 && mqtt.port === http.port) problems.push(`mqtt.port: ${mqtt.port} is http.port too`);
    for (const name of ["username", "password", "ca"] as const)
      if (mqtt[name] !== "") problems.push(`mqtt.${name}: is for an external broker; give mqtt.url too`);
  }
  if (mqtt.password !== "" && mqtt.username === "") problems.push("mqtt.password: needs mqtt.username");
  if (mqtt.ca !== "" && !existsSync(mqtt.ca)) problems.push(`mqtt.ca: there is no file ${mqtt.ca}`);
  mqtt.users.forEach((user, i) => {
    if (mqtt.users.findIndex((other) => other.username === user.username) < i) problems.push(`mqtt.users[${i}].username: "${user.username}" is used twice`);
    user.devices.forEach((pattern, n) => {
      if (!/^(\*|[^/#+*]+\/(\*|[^/#+*]+))$/.test(pattern)) problems.push(`mqtt.users[${i}].devices[${n}]: must be *, <building>/* or <building>/<device>`);
    });
  });

  if (influx.url !== "") {
    if (!["http:", "https:"].includes(asUrl(influx.url)?.protocol ?? "")) problems.push("influx.url: must be an address such as http://127.0.0.1:8086");
    else if (asUrl(influx.url)!.username !== "" || asUrl(influx.url)!.password !== "")
      problems.push("influx.url: holds a name or a password; put them into influx.token");
    for (const name of ["token", "org", "bucket"] as const) if (influx[name] === "") problems.push(`influx.${name}: is needed with influx.url`);
  }
  if (influx.ca !== "" && asUrl(influx.url)?.protocol !== "https:") problems.push("influx.ca: needs an https:// address in influx.url");
  else if (influx.ca !== "" && !existsSync(influx.ca)) problems.push(`influx.ca: there is no file ${influx.ca}`);
  if (influx.url === "" && influx.read !== "never") problems.push("influx.read: needs influx.url");
  return { settings: { ...given, mqtt, auth: { mode: auth.mode === "" ? (local ? "open" : "password") : auth.mode } }, problems };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
