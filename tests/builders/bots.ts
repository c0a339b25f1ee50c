import type { IndicatorRulesBot } from '#core/bots.ts';
import type { ModelBot } from '#core/model-bots.ts';
import { readBotFile } from '../../src/contract/bot-file.ts';

const USUAL = {
  name: 'A bot',
  capital: 1_000_000,
  symbols: ['BTC/USDT'],
  timeframe: '1m',
  sizing: { quantity: 1 },
};

/** A bot from what its file would say; what is left out trades the 1m candles of one symbol, one unit at a time. */
export function botOf(file: object): IndicatorRulesBot {
  const bot = readBotFile(JSON.stringify({ ...USUAL, kind: 'indicator-rules', ...file }));
  if (bot.kind !== 'indicator-rules') throw new Error(`A bot by rules was to be made: it is ${bot.kind}`);
  return bot;
}

/** A bot that asks models, from what its file would say. */
export function modelBotOf<Kind extends ModelBot['kind']>(kind: Kind, file: object): Extract<ModelBot, { kind: Kind }> {
  const bot = readBotFile(JSON.stringify({ ...USUAL, ...file, kind }));
  if (bot.kind !== kind) throw new Error(`A bot of the kind ${kind} was to be made: it is ${bot.kind}`);
  return bot as Extract<ModelBot, { kind: Kind }>;
}
