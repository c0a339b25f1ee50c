import { describe, expect, test } from 'vitest';
import { Resampled } from '#core/resample.ts';
import { readCandleFile } from '#server/files/candle-files.ts';
import { areThere, casesPath } from './cases.ts';

/** Candles that freqtrade made of two days of Binance's public trades in XRP/ETH, with a gap where nothing traded. */
const MINUTES = casesPath('trades_to_candles', 'XRPETH_expected_1m.csv.gz');
const FIVES = casesPath('trades_to_candles', 'XRPETH_expected_5m.csv.gz');

const isThere = areThere("freqtrade's five-minute candles", MINUTES, FIVES);

describe.runIf(isThere)("freqtrade's five-minute candles", () => {
  test('are those that its minutes make', async () => {
    const { candles: minutes } = await readCandleFile(MINUTES, { allowGaps: true });
    const { candles: fives } = await readCandleFile(FIVES, { allowGaps: true });
    const resampled = new Resampled(minutes, '5m');
    for (let i = 0; i < minutes.length; i++) resampled.take(i);
    const { candles } = resampled;
    // The last one is not over yet.
    expect(candles.length).toBeGreaterThanOrEqual(fives.length - 1);
    for (let i = 0; i < candles.length; i++) {
      const { volume, ...made } = candles.at(i);
      expect(fives.at(i)).toMatchObject(made);
      expect(volume).toBeCloseTo(fives.at(i).volume, 6);
    }
  });
});
