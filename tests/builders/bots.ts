import type { Bot } from '#core/bots.ts';
import { readBotFile } from '../../src/contract/bot-file.ts';

/** A bot from what its file would say; what is left out trades the 1m candles of one symbol, one unit at a time. */
export function botOf(file: object): Bot {
  const document = {
    name: 'A bot',
    kind: 'indicator-rules',
    capital: 1_000_000,
    symbols: ['BTC/USDT'],
    timeframe: '1m',
    sizing: { quantity: 1 },
    ...file,
  };
  return readBotFile(JSON.stringify(document));
}
