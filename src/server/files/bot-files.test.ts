import { expect, test } from 'vitest';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import { money, price, quantity } from '#core/money.ts';
import { InputError } from '../errors.ts';
import { changeBot, checkBotFits, loadBotFile } from './bot-files.ts';

const SMA_CROSS = new URL('../../../examples/sma-cross.json', import.meta.url).pathname;

function instrumentWithLot(lot: string, minQuantity = lot): Instrument {
  const symbol = 'BTC/USDT' as MarketSymbol;
  const steps = {
    tick: price('0.1'),
    lot: quantity(lot),
    minQuantity: quantity(minQuantity),
    minNotional: money('0'),
    calendar: 'always',
  } as const;
  return { symbol, base: 'BTC', quote: 'USDT', ...steps };
}

test('a changed bot keeps the rest of its file', async () => {
  const file = await loadBotFile(SMA_CROSS);
  const changed = changeBot(file, { symbols: ['ETH/USDT'], timeframe: '1h' });
  expect(changed).toEqual({ ...file.bot, symbols: ['ETH/USDT'], timeframe: '1h' });
});

test('a change is held to the rules of the file', async () => {
  const file = await loadBotFile(SMA_CROSS);
  const text = file.text.replace('"sma(30)"', '"sma(30)@15m"');
  expect(() => changeBot({ ...file, text }, { timeframe: '1h' })).toThrow('@15m must be above the bot');
  expect(() => changeBot(file, { symbols: ['btc'] })).toThrow(InputError);
});

test('the quantity must lie on the lot, and not under the minimum', async () => {
  const { bot } = await loadBotFile(SMA_CROSS);
  expect(() => checkBotFits(bot, instrumentWithLot('0.001'))).not.toThrow();
  expect(() => checkBotFits(bot, instrumentWithLot('3'))).toThrow('its quantity must be a multiple of the lot 3');
  expect(() => checkBotFits(bot, instrumentWithLot('0.001', '3'))).toThrow(
    'its quantity must not be under the minimum 3',
  );
});
