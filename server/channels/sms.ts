/** A gateway for text messages or calls, whatever it is: an HTTP request by a template of the settings. */
import type { MakeChannel } from "./channel.ts";
import { NO_ADDRESS, peopleWith, shortName } from "./channel.ts";
import { judgeStatus } from "./exchange.ts";
import { fillBody, fillUrl, secretsOf } from "./sms-template.ts";
import { summary } from "./summary.ts";
import { cut, inUnits, oneLine, webLink } from "./text.ts";

export const createSms: MakeChannel<"sms"> = (id, settings, { exchange, people }) => {
  const secrets = secretsOf(settings);
  return {
    id,
    kind: "sms",
    personal: true,
    perMinute: settings.perMinute,
    reaches: peopleWith(people, (person) => person.phone),
    async send(message) {
      const phone = message.person?.phone ?? null;
      if (phone === null) return NO_ADDRESS;
      if (!/^\+?[0-9]{5,15}$/.test(phone)) return { ok: false, retry: false, error: "the person's phone number is none" };
      const subject = cut(oneLine(message.subject), 120);
      const values = {
        phone,
        subject,
        text: summary(message, settings.longest, inUnits),
        spoken: cut(oneLine(message.spoken), settings.longest),
        link: webLink(message.alerts.length === 1 ? (message.alerts[0]!.link ?? message.link) : message.link) ?? "",
        id: shortName(message),
      };
      const answer = await exchange({
        url: fillUrl(settings.url, values),
        method: settings.method,
        headers: { ...settings.headers, ...(settings.method === "GET" ? {} : { "content-type": settings.contentType }) },
        ...(settings.method === "GET" ? {} : { body: settings.body === "" ? "" : fillBody(settings, values) }),
        secrets,
      });
      if (answer.kind === "none") return answer.failed;
      const failed = judgeStatus(answer);
      if (failed !== null) return failed;
      if (settings.success === undefined || answer.text.includes(settings.success)) return { ok: true };
      // A whole answer without it is a refusal; of half an answer nobody knows.
      return { ok: false, retry: !answer.whole, error: `${answer.host}: the answer has no ${JSON.stringify(settings.success)}: ${answer.quote(answer.text)}` };
    },
  };
};
