import { render } from "preact";
import { App } from "./app.tsx";
import { startBell } from "./console/bell.ts";
import { lang, useLanguage } from "./i18n.ts";
import { onMessage } from "./live.ts";
import { arrive } from "./me.ts";
import { hearMessage } from "./messages.ts";
import { place, startRouter } from "./router.ts";
import "./style/tokens.css";
import "./style/base.css";
import "./style/frame.css";
import "./style/parts.css";
import "./style/pages.css";
import "./style/trust.css";
import "./style/act.css";
import "./style/console.css";
import "./style/alerting.css";
import "./theme.ts";

startRouter();
startBell();
onMessage(hearMessage);
await useLanguage(lang.value);
render(<App />, document.getElementById("app")!);
// A link from a message works without anybody being signed in, and shows its own alert only.
if (place.value.page !== "act") await arrive();
