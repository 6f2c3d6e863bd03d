import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyOf } from "../../server/core/key.ts";
import { runs } from "../support/properties.ts";

describe("keyOf", () => {
  it("names the same parts the same, and different parts differently", () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { minLength: 1, maxLength: 5 }), (parts) => {
        const key = keyOf(...parts);
        expect(key).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
        expect(keyOf(...parts)).toBe(key);
        const text = parts.join("\n");
        expect(seen.get(key) ?? text).toBe(text);
        seen.set(key, text);
      }),
      { numRuns: runs(5000) },
    );
  });
});
