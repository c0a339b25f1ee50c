import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonTextError, parseJson } from './json-text.ts';

test.each([
  {
    name: 'a word without end',
    text: 'x'.repeat(100_000),
    message: `line 1, column 1: expected a value, found "${'x'.repeat(60)}"`,
  },
  { name: 'nothing', text: '', message: 'line 1, column 1: expected a value, found the end of the text' },
  { name: 'no end', text: '{"a": [1,', message: 'line 1, column 10: expected a value, found the end of the text' },
  {
    name: 'a comma too many',
    text: '{\n  "a": 1,\n}',
    message: 'line 3, column 1: expected a key in double quotes, found "}"; remove the comma before it',
  },
  {
    name: 'a comma too many in a list',
    text: '[1, 2, ]',
    message: 'line 1, column 8: expected a value, found "]"; remove the comma before it',
  },
  {
    name: 'a comma too few',
    text: '{\n  "a": 1\n  "b": 2\n}',
    message: 'line 3, column 3: expected "," or "}", found "\\""',
  },
  { name: 'a missing value', text: '{"a": }', message: 'line 1, column 7: expected a value, found "}"' },
  { name: 'a missing colon', text: '{"a" 1}', message: 'line 1, column 6: expected ":", found "1"' },
  {
    name: 'a key without quotes',
    text: '{name: 1}',
    message: 'line 1, column 2: expected a key in double quotes or "}", found "name"',
  },
  { name: 'single quotes', text: "['a']", message: 'line 1, column 2: expected a value or "]", found "\'"' },
  { name: 'the wrong bracket', text: '[1}', message: 'line 1, column 3: expected "," or "]", found "}"' },
  {
    name: 'a comment',
    text: '{ // why\n}',
    message: 'line 1, column 3: expected a key in double quotes or "}", found "/"; JSON has no comments, remove it',
  },
  { name: 'a number that is none', text: '[01.x]', message: 'line 1, column 2: expected a value or "]", found "01.x"' },
  { name: 'NaN', text: '{"a": NaN}', message: 'line 1, column 7: expected a value, found "NaN"' },
  { name: 'more after the end', text: '{} {}', message: 'line 1, column 4: expected the end of the text, found "{"' },
  {
    name: 'a key twice',
    text: '{"a": 1,\n "\\u0061": 2}',
    message: 'line 2, column 2: the key stands twice in one object; remove one of the two',
  },
  {
    name: 'too deep a nesting',
    text: '['.repeat(100_000),
    message: 'line 1, column 33: more than 32 levels; nest less deeply',
  },
])('refuses $name', ({ text, message }) => {
  expect(() => parseJson(text)).toThrow(JsonTextError);
  expect(() => parseJson(text)).toThrow(message);
});

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('refuses what JSON.parse refuses, and no more', () => {
  const whole = '{"a": [1, -2.5e+3, true, null, "x\\n\\u00e9"], "b": {"c": {}, "d": []}}';
  const place = fc.integer({ min: 0, max: whole.length });
  fc.assert(
    fc.property(
      place,
      fc.constantFrom('', ',', '"', '}', '[', ':', '1', '-', 'e', '\\', '\n'),
      place,
      (at, extra, length) => {
        const text = whole.slice(0, at) + extra + whole.slice(at + (length % 3));
        expect(outcome(() => parseJson(text))).toEqual(outcome(() => JSON.parse(text)));
      },
    ),
    { numRuns: 3000 },
  );
});

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return 'refused';
  }
}
