import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readBotFile } from '#contract/bot-file.ts';
import { documentOfKind, KINDS, usualBot } from './kinds.ts';

const EXAMPLES = ['chart-vision', 'model-vote', 'rsi-atr-brackets'].map((name) =>
  JSON.parse(readFileSync(`examples/${name}.json`, 'utf8')),
);

describe.each(EXAMPLES)('$name', (file) => {
  test.each(KINDS)('becomes a bot of the kind $kind that the contract takes', ({ kind }) => {
    const made = documentOfKind(file, kind);
    const bot = readBotFile(JSON.stringify(made));
    expect(bot).toMatchObject({ kind, name: file.name, symbols: file.symbols });
    expect(made.sizing).toEqual(file.sizing);
  });

  test('is itself again after it was another one', () => {
    for (const { kind } of KINDS.filter((one) => one.kind !== file.kind)) {
      expect(documentOfKind(documentOfKind(file, kind), file.kind, file)).toEqual(file);
    }
  });
});

test('what is usual is what the contract says', () => {
  expect(usualBot('chart-vision').chart).toMatchObject({ width: 1280, height: 720, candles: 200, theme: 'dark' });
  expect(usualBot('model-vote')).toMatchObject({ vote: { kind: 'majority', alone: 'follow' }, onOpposite: 'reverse' });
});
