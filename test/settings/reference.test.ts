import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SETTINGS, settingsReference } from "../../server/settings/reference.ts";

describe("the settings reference", () => {
  it("is the schema's own", async () => {
    await expect(settingsReference()).toMatchFileSnapshot(join(import.meta.dirname, "../../server/settings/SETTINGS.md"));
  });

  it("describes every setting and names each variable once", () => {
    for (const row of SETTINGS) expect(row.description, row.path.join(".")).not.toBe("");
    expect(new Set(SETTINGS.map((s) => s.variable)).size).toBe(SETTINGS.length);
    expect(SETTINGS.map((s) => s.variable)).toEqual(
      expect.arrayContaining(["JIEYUE_HTTP_PORT", "JIEYUE_MQTT_URL", "JIEYUE_MQTT_CLIENTID", "JIEYUE_SITE_FILE", "JIEYUE_AUTH_MODE"]),
    );
  });
});
