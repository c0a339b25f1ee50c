import { expect, test } from 'vitest';
import { changesBetween, readDocument, textOfDocument, valueAt, withValue } from './bot-document.ts';

const FILE = { name: 'A', chart: { theme: 'dark', panes: [['rsi(14)'], ['macd']] }, symbols: ['BTC/USDT'] };

test.each([
  { name: 'a field', path: ['name'], value: 'B', is: { ...FILE, name: 'B' } },
  {
    name: 'a field in a section',
    path: ['chart', 'theme'],
    value: 'light',
    is: { ...FILE, chart: { ...FILE.chart, theme: 'light' } },
  },
  {
    name: 'a section that is not there',
    path: ['filter', 'minConfidence'],
    value: 1,
    is: { ...FILE, filter: { minConfidence: 1 } },
  },
  { name: 'an item', path: ['symbols', 1], value: 'ETH/USDT', is: { ...FILE, symbols: ['BTC/USDT', 'ETH/USDT'] } },
  { name: 'a field away', path: ['name'], value: undefined, is: { chart: FILE.chart, symbols: FILE.symbols } },
  {
    name: 'the last field of a section away',
    path: ['chart'],
    value: undefined,
    is: { name: 'A', symbols: FILE.symbols },
  },
  {
    name: 'an item away',
    path: ['chart', 'panes', 0],
    value: undefined,
    is: { ...FILE, chart: { theme: 'dark', panes: [['macd']] } },
  },
  { name: 'a text by a section', path: ['name', 'first'], value: 'x', is: { ...FILE, name: { first: 'x' } } },
])('changes $name', ({ path, value, is }) => {
  const before = JSON.stringify(FILE);
  expect(withValue(FILE, path, value)).toEqual(is);
  expect(JSON.stringify(FILE)).toBe(before);
});

test('a section goes with its last field', () => {
  expect(withValue(withValue(FILE, ['chart', 'theme'], undefined), ['chart', 'panes'], undefined)).not.toHaveProperty(
    'chart',
  );
});

test('keeps the order of what it changes', () => {
  expect(Object.keys(withValue(FILE, ['name'], 'B'))).toEqual(['name', 'chart', 'symbols']);
});

test.each([
  { path: ['chart', 'panes', 1, 0], is: 'macd' },
  { path: ['chart', 'nothing', 'there'], is: undefined },
  { path: ['name', 'length'], is: undefined },
  { path: ['toString'], is: undefined },
])('reads $path', ({ path, is }) => {
  expect(valueAt(FILE, path)).toBe(is);
});

test.each([
  { name: 'the same', after: FILE, is: 0 },
  { name: 'a field', after: withValue(FILE, ['chart', 'theme'], 'light'), is: 1 },
  { name: 'a list, once', after: withValue(FILE, ['chart', 'panes'], []), is: 1 },
  { name: 'one more and one less', after: withValue(withValue(FILE, ['name'], undefined), ['size'], 1), is: 2 },
])('counts $name', ({ after, is }) => {
  expect(changesBetween(FILE, after)).toBe(is);
});

test('a text that is no object can be edited as a text only', () => {
  expect(readDocument('{"a": ')).toBeUndefined();
  expect(readDocument('[1]')).toBeUndefined();
  expect(readDocument(textOfDocument(FILE))).toEqual(FILE);
});
