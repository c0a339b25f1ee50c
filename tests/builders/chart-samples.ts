import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DrawnCharts } from '#adapters/charts/drawn.ts';
import { DEFAULT_CHART } from '#contract/model-bot-file.ts';
import type { BotId } from '#core/bots.ts';
import { Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { SeededMarket } from '#core/market.ts';
import { epochMs } from '#core/time.ts';
import { Pictures } from '#strategies/chart-vision/pictures.ts';
import { Indicators } from '#strategies/indicator-rules/operands.ts';

/** Three invented markets whose prices have other sizes and ticks. */
const MARKETS = [
  { symbol: 'BTC/USDT', startPrice: 96_000, tick: '0.1', decimals: 1, seed: 1 },
  { symbol: 'ETH/USDT', startPrice: 3_400, tick: '0.01', decimals: 2, seed: 2 },
  { symbol: 'DOGE/USDT', startPrice: 0.32, tick: '0.00001', decimals: 5, seed: 3 },
];

/**
 * Saves pictures as models are shown them, of three symbols in two themes, to be looked at:
 * `node tests/builders/chart-samples.ts FOLDER`.
 */
async function saveSamples(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const charts = new DrawnCharts();
  for (const { symbol, startPrice, tick, decimals, seed } of MARKETS) {
    const market = new SeededMarket({
      seed,
      startPrice,
      tick,
      lot: '1',
      timeframe: '1h',
      startTime: epochMs(Date.UTC(2025, 0, 1)),
    });
    const candles = new Candles('1h');
    for (let i = 0; i < 400; i++) candles.append(market.next());
    const asked = { botId: 'sample' as BotId, symbol: symbol as MarketSymbol, candles, tick: Number(tick), decimals };
    for (const theme of ['dark', 'light'] as const) {
      const indicators = new Indicators(candles);
      const pictures = new Pictures(asked, { ...DEFAULT_CHART, theme }, indicators);
      indicators.advance(0, candles.length);
      const [image] = await pictures.draw(candles.length - 1, charts);
      const path = join(folder, `${symbol.replace('/', '-')}-${theme}.png`);
      writeFileSync(path, image!.png);
      process.stdout.write(`${path}\n`);
    }
  }
}

await saveSamples(process.argv[2] ?? 'chart-samples');
