/** Templates of real devices' configs, what is outside of them, and that nothing of the host can be reached by one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../support/properties.ts";
import { compileTemplate } from "../../../server/codecs/homeassistant/template.ts";

function render(template: string, value: unknown, more: Record<string, unknown> = {}): string {
  const compiled = compileTemplate(template);
  if ("wrong" in compiled) return `cannot be read: ${compiled.wrong}`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const rendered = compiled.template.render(
    new Map(Object.entries({ value: text, ...(typeof value === "string" ? {} : { value_json: JSON.parse(text) as unknown }), ...more })),
  );
  return "text" in rendered ? rendered.text : `cannot be run: ${rendered.wrong}`;
}

/** Z2M's, for what a climate does (the evidence has it shortened). */
const ACTION = "{% set values = {None:None,'idle':'idle','heat':'heating','cool':'cooling','fan_only':'fan'} %}{{ values[value_json.running_state] }}";

describe("a template", () => {
  it.each([
    ["{{ value_json.power }}", { power: 61 }, "61"],
    ['{{ value_json["temperature"] }}', { temperature: 22.43 }, "22.43"],
    ["{{ value_json['ENERGY']['Total'] }}", { ENERGY: { Total: 6.294 } }, "6.294"],
    ["{{ value_json.contact }}", { contact: false }, "False"],
    ["{{ value_json.energy }}", { energy: null }, "None"],
    ["{{ value_json.energy }}", {}, ""],
    ["{% if value_json.heat_available %}true{% else %}false{% endif %}", { heat_available: 1 }, "true"],
    ["{% if value_json.heat_available %}true{% else %}false{% endif %}", { heat_available: 0 }, "false"],
    [ACTION, { running_state: "heat" }, "heating"],
    [ACTION, { running_state: null }, "None"],
    [ACTION, { running_state: "dance" }, ""],
    ["{{ value|float }}", "1.50", "1.5"],
    ["{{ float(value) * 99 + 1 }}", "2", "199"],
    ["{{ (float(value|float) * 3.6) | round(2) }}", "1.234", "4.44"],
    ["{{ value_json.x | is_defined }}", { x: 5 }, "5"],
    ["{{ value_json.x | is_defined }}", {}, "cannot be run: it is not defined"],
    ["{% if value_json.output is true %}on{% else %}off{% endif %}", { output: true }, "on"],
    ["{% if value_json.output is true %}on{% else %}off{% endif %}", { output: 1 }, "off"],
    ["{{ value_json['update'].get('progress','null') }}", { update: {} }, "null"],
    ["{{ value_json['update'].get('progress') }}", { update: {} }, "None"],
    ["{{ value_json['update'].get('progress','null') }}", { update: { progress: 12 } }, "12"],
    ["{{ value_json.state }}", { state: "online" }, "online"],
    ["{{ {'off':0,'low':1,'high':3}[value_json.fan_mode] | default(0) }}", { fan_mode: "high" }, "3"],
    ["{{ {'off':0}[value_json.fan_mode] | default('None') }}", { fan_mode: "x" }, "None"],
    ["{% if value == 'a' %}1{% elif value == 'b' %}2{% else %}3{% endif %}", "b", "2"],
    ["{{ 'ON' if value_json.p > 5 and not value_json.off else 'OFF' }}", { p: 6, off: false }, "ON"],
    ["{{ value_json.a is defined and value_json.b is not none }}", { a: 1, b: null }, "False"],
    ["{{ value_json.list[0] + value_json.list[-1] }}", { list: [1, 2, 3] }, "4"],
    ["{{ 7 // 2 }} {{ -7 % 3 }} {{ 2 * (3 + 4) }} {{ 1 / 4 }}", "", "3 2 14 0.25"],
    ["{{ value | int(0) }} {{ value | int }}", "12.7", "12 12"],
    ["{{ value | float(0) }}", "nan", "0"],
    ["{{ value | float }}", "0x10", 'cannot be run: "0x10" is no number'],
    ["{{ value | lower }}{{ 'b' | upper }}", "A", "aB"],
    ["{{ value_json | tojson }}", { a: [1, null, true] }, '{"a": [1, null, true]}'],
    ["{{ {'temp': {'set': value | float}} | tojson }}", "26", '{"temp": {"set": 26}}'],
    ["{# what #}x{{- value -}} y", " v ", "x v y"],
    ["plain", "", "plain"],
    ["{{ value in ['a', 'b'] }} {{ 'c' not in value }}", "a", "True True"],
    ["{{ true == 1 }} {{ '1' == 1 }}", "", "True False"],
  ])("%s of %j is %s", (template, value, wanted) => expect(render(template, value)).toBe(wanted));

  it.each([
    ["{{ states('sensor.x') }}", 'the function "states" is not known here'],
    ["{{ now().year }}", 'the function "now" is not known here'],
    ["{% for x in value_json %}{{ x }}{% endfor %}", 'the statement "for" is not known here'],
    ["{{ value | regex_replace('a', 'b') }}", 'the filter "regex_replace" is not known here'],
    ["{{ value.split(',') }}", '"split" cannot be called here'],
    ["{{ value is number }}", 'the test "number" is not known here'],
    ["{{ value", '"}}" is missing'],
    ["{% if value %}x", "an {% if %} has no {% endif %}"],
    ["{{ value[1:3] }}", '"]" was expected before ":"'],
    ["{{ 'a }}", "a text has no closing quote"],
    ["{{ value; }}", '"; }}" is not known here'],
  ])("%s is outside, and says so", (template, why) => expect(render(template, "x")).toBe(`cannot be read: ${why}`));
});

describe("a template's reach", () => {
  it.each([
    '{{ range.constructor("return process.version")() }}',
    "{{ value.constructor.constructor('return 1')() }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ value_json.get.constructor }}()",
    "{{ float.constructor('x') }}",
  ])("%s is nothing that is run", (template) => expect(render(template, { a: 1 })).toMatch(/^cannot be|^\(\)$/));

  it.each(["constructor", "__proto__", "toString", "hasOwnProperty", "length"])("has no %s of anything", (name) => {
    for (const of of ["value", "value_json", "value_json.list", "{'a': 1}", "[1]"]) {
      expect(render(`{{ ${of}['${name}'] }}|{{ (${of})['${name}'] is defined }}`, { list: [1] })).toBe("|False");
    }
    expect(render(`{{ value_json.${name} }}`, JSON.parse(`{"${name}": 5}`))).toBe("5");
    expect(render(`{% set ${name} = 7 %}{{ ${name} }}`, "x")).toBe("7");
  });

  it("is bounded in length, depth, parts and what it makes", () => {
    const wrong = (template: string) => expect(render(template, "x".repeat(1000))).toMatch(/^cannot be/);
    wrong("a".repeat(5000));
    wrong(`{{ ${"(".repeat(60)}1${")".repeat(60)} }}`);
    wrong(`{{ ${"not ".repeat(60)}1 }}`);
    wrong(`{{ ${"-".repeat(60)}1 }}`);
    wrong("{% if 1 %}".repeat(60) + "x" + "{% endif %}".repeat(60));
    wrong(`{{ 1${"+1".repeat(1500)} }}`);
    wrong(`{% set a = value %}${"{% set a = a ~ a %}".repeat(40)}{{ a }}`);
    wrong(`{% set a = value + value %}${"{% set a = a + a %}".repeat(40)}{{ a }}`);
    wrong(`{% set a = [] %}${"{% set a = [a, a] %}".repeat(40)}{{ a | tojson }}`);
    wrong(`{% set a = [] %}${"{% set a = [a, a] %}".repeat(18)}{{ a | tojson }}`);
    wrong("{{ 9e307 * 100 }}");
    wrong("{{ 1 / 0 }}");
  });
});

const WORDS =
  `{{ }} {% %} {# #} - if elif else endif set = value value_json . x [ ] ( ) { } : , 'a' "b" 1 2.5 | float int round lower default tojson is_defined is not true none defined + * / // % ~ == < in and or .get( __proto__ constructor for \\ 温`.split(
    " ",
  );

describe("any text as a template", () => {
  const often = { numRuns: runs(5_000) };
  const takes = (template: string): boolean => {
    const compiled = compileTemplate(template);
    if ("wrong" in compiled) return compiled.wrong.length > 5;
    const rendered = compiled.template.render(
      new Map<string, unknown>([
        ["value", "12.5"],
        ["value_json", { x: [1, { a: null }], __proto__: { bad: 1 } }],
      ]),
    );
    return ("text" in rendered ? rendered.text.length : rendered.wrong.length) <= 16_384;
  };

  it("is read or refused with a sentence", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }), (words) => takes(words.join(" "))),
      often,
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => takes(`{{ ${text} }}`)),
      often,
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("reckons as JavaScript does, where Python does the same", () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((n) => Number(n.toFixed(4)));
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(Number(render("{{ value_json.a * 2 + value_json.b - 1 }}", { a, b }))).toBe(a * 2 + b - 1);
        expect(render("{{ value_json.a < value_json.b }}", { a, b })).toBe(a < b ? "True" : "False");
      }),
      { numRuns: runs(500) },
    );
  });
});
