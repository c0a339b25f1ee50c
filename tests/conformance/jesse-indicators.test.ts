import { describe, expect, test } from 'vitest';
import { createIndicator, parseIndicator } from '#core/indicators/registry.ts';
import { readCandleFile } from '#server/files/candle-files.ts';
import { casesPath, readCases } from './cases.ts';

/** What the file says of itself: `round(value / divide_by, decimals)` of the last candle, or of the one at `index`. */
interface Expectation {
  readonly field?: string;
  readonly value: number;
  readonly decimals: number;
  readonly divide_by?: number;
  readonly index?: number;
}
interface Case {
  readonly indicator: string;
  readonly input: { readonly series: string };
  readonly expect: readonly Expectation[];
}

/** How a figure of jesse's is had from ours: the indicators to read, and what to make of their values. */
interface Reading {
  readonly of: readonly string[];
  readonly to?: (...values: number[]) => number;
}
const as = (text: string): Reading => ({ of: [text] });

/** By jesse's name and field, with the parameters of its test. */
const READINGS: Readonly<Record<string, Reading>> = {
  adx: as('adx(14)'),
  bollinger_bands_width: {
    of: ['bollinger(20,2).upper', 'bollinger(20,2).lower', 'bollinger(20,2).middle'],
    to: (upper, lower, middle) => (upper! - lower!) / middle!,
  },
  cci: as('cci(14)'),
  dema: as('dema(9)'),
  'donchian.upperband': as('donchian(20).upper'),
  'donchian.middleband': as('donchian(20).middle'),
  'donchian.lowerband': as('donchian(20).lower'),
  fosc: { of: ['linearRegression(5)', 'sma(1)'], to: (line, close) => 100 * (1 - line! / close!) },
  hma: as('hma(5)'),
  'hull_suit.m_hull': as('hma(55)'),
  linearreg: as('linearRegression(14)'),
  linearreg_angle: { of: ['linearRegression(14).slope'], to: (slope) => (Math.atan(slope!) * 180) / Math.PI },
  midprice: as('donchian(14).middle'),
  ppo: { of: ['ema(12)', 'ema(26)'], to: (fast, slow) => 100 * (fast! / slow! - 1) },
  roc: as('roc(14)'),
  rocp: { of: ['roc(14)'], to: (percent) => percent! / 100 },
  rsi: as('rsi(14)'),
  sar: as('parabolicSar(0.02,0.2)'),
  stddev: as('standardDeviation(5)'),
  'stochf.k': as('stochastic(5,1,3).k'),
  'stochf.d': as('stochastic(5,1,3).d'),
  'supertrend.trend': as('superTrend(10,3)'),
  tema: as('tema(9)'),
  tsf: {
    of: ['linearRegression(14)', 'linearRegression(14).slope'],
    to: (value, slope) => value! + slope!,
  },
  var: { of: ['standardDeviation(14)'], to: (deviation) => deviation! ** 2 },
  vwma: as('vwma(20)'),
  wma: as('wma(9)'),
  zscore: {
    of: ['sma(14)', 'standardDeviation(14)', 'sma(1)'],
    to: (mean, deviation, close) => (close! - mean!) / deviation!,
  },
};

const NOT_OURS = `
  acosc ad adosc alligator cc cg chande cksp cmo correl cvi cwma damiani_volatmeter dec_osc dm edcf emd epma fwma
  high_pass high_pass_2_pole hurst_exponent hwma itrend jma kurtosis kvo lrsi ma maaq mama mcginley_dynamic
  midpoint mom mwdx nma pfe pma pwma qstick rsx safezonestop smma sqwma srwma stc supersmoother_3_pole swma t3
  trendflex tsi typprice ui ultosc vidya voss vpci vpt vpwma wclprice wilders
`
  .trim()
  .split(/\s+/);

/** Figures of jesse's that are not compared, by the reason. Of those that are, none follows another convention. */
const NOT_COMPARED: Readonly<Record<string, readonly string[]>> = {
  'it is none of our indicators, nor arithmetic on them': NOT_OURS,
  'it reports swings as they are, ours are clustered to levels': ['minmax'],
  'it is hma(55) two candles before, which is compared as m_hull': ['hull_suit.s_hull'],
};

const recorded = readCases<{ readonly cases: readonly Case[] }>("jesse's indicators", 'jesse_indicators.json');
const cases = recorded?.cases ?? [];
const rows = cases.flatMap(({ indicator, input, expect }) =>
  expect.map((expected) => {
    const name = expected.field === undefined ? indicator : `${indicator}.${expected.field}`;
    return { name, series: input.series, ...expected };
  }),
);

describe.runIf(recorded)("jesse's indicators", () => {
  test('each is compared, or there is a reason why not', () => {
    const excused = Object.values(NOT_COMPARED).flat();
    const isExcused = (name: string) => excused.includes(name) || excused.includes(name.split('.')[0]!);
    const compared = Object.keys(READINGS);
    expect(rows.filter(({ name }) => !isExcused(name) && !compared.includes(name))).toEqual([]);
    expect(compared.filter((name) => isExcused(name) || !rows.some((row) => row.name === name))).toEqual([]);
  });

  test.each(rows.filter(({ name }) => name in READINGS))(
    '$name of $series is $value',
    async ({ name, series, value, decimals, divide_by = 1, index = -1 }) => {
      const { candles } = await readCandleFile(casesPath('jesse_indicator_candles', `${series}.csv.gz`), {
        allowGaps: true,
      });
      const { of, to = (only) => only! } = READINGS[name]!;
      const values = of.map((text) => {
        const spec = parseIndicator(text);
        const computed = createIndicator(candles, spec);
        computed.advance(0, candles.length);
        return computed.outputs[spec.output]!.values[candles.length + index]!;
      });
      const error = Math.abs(to(...values) / divide_by - value);
      expect(error).toBeLessThanOrEqual(0.5 * 10 ** -decimals + 1e-9);
    },
  );
});
