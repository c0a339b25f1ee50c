import { expect, test } from 'vitest';
import { formatted } from './formatting.ts';

test.each([
  { name: 'nothing', mode: undefined, source: '<b>*x', text: '<b>*x', entities: [] },
  {
    name: 'HTML inside HTML',
    mode: 'HTML',
    source: 'a <b>b <i>c</i></b> &lt;&#36;&#x20AC;&amp;&eacute;',
    text: 'a b c <$€&&eacute;',
    entities: [
      { type: 'italic', offset: 4, length: 1 },
      { type: 'bold', offset: 2, length: 3 },
    ],
  },
  {
    name: 'a link',
    mode: 'HTML',
    source: '<a href="https://x.example">x</a>',
    text: 'x',
    entities: [{ type: 'text_link', offset: 0, length: 1, url: 'https://x.example' }],
  },
  {
    name: 'MarkdownV2',
    mode: 'MarkdownV2',
    source: '*b* _i_ __u__ ~s~ `c` \\-1\\.5% [x](https://x.example)',
    text: 'b i u s c -1.5% x',
    entities: [
      { type: 'bold', offset: 0, length: 1 },
      { type: 'italic', offset: 2, length: 1 },
      { type: 'underline', offset: 4, length: 1 },
      { type: 'strikethrough', offset: 6, length: 1 },
      { type: 'code', offset: 8, length: 1 },
      { type: 'text_link', offset: 16, length: 1, url: 'https://x.example' },
    ],
  },
  {
    name: 'code that is left as it is',
    mode: 'MarkdownV2',
    source: '```ts\na*b-1```',
    text: 'a*b-1',
    entities: [{ type: 'pre', offset: 0, length: 5 }],
  },
  { name: 'a quote', mode: 'MarkdownV2', source: '>x\n>y', text: 'x\ny', entities: [] },
])('reads $name', ({ mode, source, text, entities }) => {
  expect(formatted(source, mode)).toEqual({ text, entities });
});

test.each([
  { mode: 'HTML', source: '<script>x</script>', why: 'Unsupported start tag "script"' },
  { mode: 'HTML', source: '<b>x</i>', why: 'Unmatched end tag, expected "</b>", found "</i>"' },
  { mode: 'HTML', source: 'x</b>', why: 'Unexpected end tag' },
  { mode: 'MarkdownV2', source: '*x', why: "Can't find end of the entity" },
  { mode: 'MarkdownV2', source: 'x > y', why: "Character '>' is reserved" },
  { mode: 'BBCode', source: 'x', why: 'unsupported parse_mode' },
])('refuses $source', ({ mode, source, why }) => {
  expect(() => formatted(source, mode)).toThrow(why);
});
