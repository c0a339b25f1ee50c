import { expect, test } from 'vitest';
import { SimulatedVenue } from '#adapters/venues/simulated.ts';
import { formatDecimal } from '#core/money.ts';
import type { CalendarName } from '#core/sessions/calendar.ts';
import { botOf } from '#tests/builders/bots.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { tradedInstrument } from './capabilities.ts';

const STOP = { stop: { percent: 1 }, anchor: 'signal' };

test.each<{
  name: string;
  brackets?: object;
  fractional: boolean;
  calendar: CalendarName;
  lot: string;
  traded: string;
}>([
  { name: 'parts of a share without a stop', fractional: false, calendar: 'us-stocks', lot: '0.001', traded: '0.001' },
  {
    name: 'whole shares with one',
    brackets: STOP,
    fractional: false,
    calendar: 'us-stocks',
    lot: '0.001',
    traded: '1',
  },
  { name: 'what is whole anyway', brackets: STOP, fractional: false, calendar: 'us-stocks', lot: '100', traded: '100' },
  { name: 'parts of a coin', brackets: STOP, fractional: false, calendar: 'always', lot: '0.001', traded: '0.001' },
  {
    name: 'parts where the venue can',
    brackets: STOP,
    fractional: true,
    calendar: 'us-stocks',
    lot: '0.001',
    traded: '0.001',
  },
])('a bot trades $name', ({ brackets, fractional, calendar, lot, traded }) => {
  const bot = botOf({ entry: { long: ['close', '>', 1] }, maxTradeCandles: 5, ...(brackets && { brackets }) });
  const instrument = { ...instrumentOf({ lot }), calendar };
  const { capabilities } = new SimulatedVenue();
  const shown = tradedInstrument(bot, instrument, { ...capabilities, fractional });
  expect(formatDecimal(shown.lot)).toBe(traded);
  expect(formatDecimal(shown.minQuantity)).toBe(traded);
});
