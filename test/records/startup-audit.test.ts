import { expect, it } from "vitest";
import { settingsSchema } from "../../server/contract/settings.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";
import { auditStart } from "../../server/startup-audit.ts";
import { smallSite } from "../support/small-site.ts";

it("a start tells the audit what became of the settings and the site, and never a secret", async () => {
  const records = createSqliteRecords({ file: ":memory:" });
  await records.open();
  const settings = settingsSchema.parse({ mqtt: { password: "hunter2-hunter2" }, influx: { token: "s3cret" } });
  const lines = async () => (await records.audit({ limit: 10 })).items;
  await auditStart(records, settings, smallSite(), "1.0.0", 1);
  await auditStart(records, settings, smallSite(), "1.0.0", 2);
  expect(await lines()).toHaveLength(1);
  await auditStart(records, { ...settings, mqtt: { ...settings.mqtt, password: "another-one" } }, smallSite(), "1.0.0", 3);
  expect(await lines()).toHaveLength(1);
  await auditStart(
    records,
    settings,
    smallSite({ exemptions: [{ policy: null, device: null, space: "hall/301", spaceClass: null, reason: "r" }] }),
    "1.0.1",
    4,
  );
  expect((await lines())[0]).toMatchObject({ what: "settings", by: "system", detail: { changed: ["site.exemptions", "version"] } });
  expect(JSON.stringify(await lines())).not.toMatch(/hunter2|s3cret|another-one/);
  await records.close();
});
