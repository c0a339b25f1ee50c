import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnswerText } from './answer-text.ts';

const VALUE = { action: 'buy', confidence: 0.7 };
const JSON_TEXT = JSON.stringify(VALUE);

describe('an answer is found', () => {
  test.each([
    { name: 'bare', text: JSON_TEXT },
    { name: 'in a fence', text: `\`\`\`json\n${JSON_TEXT}\n\`\`\`` },
    {
      name: 'in a fence without a name, between sentences',
      text: `Here it is:\n\`\`\`\n${JSON_TEXT}\n\`\`\`\nGood luck!`,
    },
    { name: 'after a sentence and before one', text: `My answer: ${JSON_TEXT} I hope that {helps}` },
    { name: 'after thoughts with a draft', text: `<think>maybe {"action":"sell"}</think>${JSON_TEXT}` },
    { name: 'after thoughts whose beginning is missing', text: `{"action":"sell"} or not</think>\n${JSON_TEXT}` },
    { name: 'said twice', text: `${JSON_TEXT}\n\n${JSON_TEXT}` },
    { name: 'with a trailing comma', text: '{"action":"buy","confidence":0.7,}' },
    { name: 'with single quotes', text: "{'action':'buy','confidence':0.7}" },
    { name: 'with curly quotes', text: '{“action”:“buy”,“confidence”:0.7}' },
    { name: 'with full-width signs', text: '｛"action"："buy"，"confidence"：0.7｝' },
    { name: 'with zero-width signs', text: `\ufeff{"act\u200bion":"buy","confidence":0.7}` },
    { name: 'with a comment', text: '{"action":"buy", // sure\n"confidence":0.7}' },
  ])('$name', ({ text }) => {
    expect(readAnswerText(text)).toEqual({ kind: 'value', value: VALUE });
  });

  test('with braces and quotes inside of texts', () => {
    const value = { why: 'a "}" and a {', action: 'buy' };
    expect(readAnswerText(`So: ${JSON.stringify(value)}.`)).toEqual({ kind: 'value', value });
  });

  test('with the constants of Python', () => {
    expect(readAnswerText('{"stop": None, "sure": True}')).toEqual({
      kind: 'value',
      value: { stop: null, sure: true },
    });
  });
});

describe('no answer is made up', () => {
  test.each([
    { name: 'empty', text: '  \n', why: 'is empty' },
    { name: 'thoughts that do not end', text: `<think>${JSON_TEXT}`, why: 'is empty' },
    { name: 'words', text: 'I cannot help with that.', why: 'holds no JSON' },
    { name: 'cut off', text: JSON_TEXT.slice(0, -1), why: 'holds no whole JSON object' },
    { name: 'cut off inside of a text', text: '{"action":"buy","why":"because', why: 'holds no whole JSON object' },
    { name: 'a list', text: '[1, 2]', why: 'holds no JSON' },
    { name: 'two that differ', text: `${JSON_TEXT} {"action":"sell"}`, why: 'holds several objects that differ' },
    { name: 'very long', text: 'x'.repeat(1_000_000), why: 'is longer than 200000 characters' },
    { name: 'very deep', text: `{"a":${'{"a":'.repeat(40)}1${'}'.repeat(41)}`, why: 'is nested too deeply' },
    {
      name: 'deeper than calls can be',
      text: `{"a":${'['.repeat(90_000)}${']'.repeat(90_000)}}`,
      why: 'is nested too deeply',
    },
    { name: 'a page', text: '<html><body>502 Bad Gateway</body></html>', why: 'holds no JSON' },
  ])('$name', ({ text, why }) => {
    expect(readAnswerText(text)).toEqual({ kind: 'unreadable', why });
  });
});

// Where the time grows with the square of the length, each of these takes longer than a test may.
test.each([
  { name: 'thoughts that begin again and again', text: '<think>'.repeat(28_000) },
  { name: 'a fence that does not end', text: `\`\`\`${'\n'.repeat(190_000)}.` },
  { name: 'a fence with an endless name', text: `\`\`\`${'a'.repeat(190_000)}` },
  { name: 'quotes alone', text: `{${"'".repeat(190_000)}}` },
])('the longest text is read at once: $name', ({ text }) => {
  for (let k = 0; k < 100; k++) expect(readAnswerText(text).kind).toBe('unreadable');
});

test('whatever is in the text, it is an object or a reason', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '{',
      '}',
      '"',
      "'",
      '```json\n',
      '```',
      '<think>',
      '</think>',
      '\\',
      ':',
      ',',
      'NaN',
      '//',
      '/*',
      '{"a":1}',
    ),
    fc.json(),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const answer = readAnswerText(parts.join(''));
      if (answer.kind === 'value') expect(JSON.parse(JSON.stringify(answer.value))).toBeTypeOf('object');
      else expect(answer.why).not.toBe('');
    }),
    { numRuns: 2_000 },
  );
});
