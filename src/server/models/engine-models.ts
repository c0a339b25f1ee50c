import { StoreRecordings } from '#adapters/models/store-recordings.ts';
import { readStoredBotFile } from '#contract/bot-file.ts';
import { modelsOf } from '#core/model-bots.ts';
import type { Store } from '#ports/store.ts';
import type { StoredPaperBot } from '../accounts/paper-bots.ts';
import type { EngineModels } from '../accounts/paper-engine.ts';
import { openCharts } from '../charts/charts.ts';
import { type Config, loadChartSettings } from '../config.ts';
import type { PaperMarket } from '../markets/markets.ts';
import type { ToldContext } from './context.ts';
import { openModels, safeModeOf } from './models.ts';
import { surroundingsOf } from './surroundings.ts';

export interface EngineModelParts {
  readonly config: Config;
  readonly bots: readonly StoredPaperBot[];
  readonly market: Pick<PaperMarket, 'simulated' | 'queries'>;
  readonly store: Store;
  /** What is known of the world: opened for bots on a market that is a real one. */
  readonly context: () => Promise<ToldContext>;
  readonly say: (line: string) => void;
}

/**
 * Whom the bots of a running engine ask.
 * @throws InputError for a model that there is no server for.
 */
export async function engineModels(parts: EngineModelParts): Promise<EngineModels> {
  const { config, store, market, say } = parts;
  const bots = parts.bots.map(({ bot }) => readStoredBotFile(bot.file));
  const models = (await openModels(config, bots, say)).forBots(new StoreRecordings(store));
  const ended = new AbortController();
  const { dataDir } = config;
  const charts = await openCharts({ settings: loadChartSettings(), dataDir, abort: ended.signal, say });
  const surroundings = await surroundingsOf(market, parts.context);
  return {
    asking: (bot, abort) => {
      if (modelsOf(bot).length === 0) return undefined;
      abort.addEventListener('abort', () => ended.abort(), { once: true });
      return { models: models.of(bot), charts, surroundings, abort };
    },
    safeMode: (bot) => safeModeOf(bot, models),
  };
}
