import type { AddressInfo } from 'node:net';
import type { Health } from '#contract/api.ts';
import type { Store } from '#ports/store.ts';
import type { PaperEngine } from './accounts/paper-engine.ts';
import { type Config, loadChartSettings } from './config.ts';
import { buildHttpServer } from './http/server.ts';
import { pricesShown } from './markets/market-prices.ts';
import type { PaperMarket } from './markets/markets.ts';
import type { ToldContext } from './models/context.ts';
import { settingsOf } from './models/models.ts';
import { keptSurroundings, surroundingsOf } from './models/surroundings.ts';
import { BotPreviews } from './previews/bot-previews.ts';
import { Push } from './sockets/push.ts';
import { VERSION } from './version.ts';
import { buildWebIfNeeded } from './web-build.ts';

/** What people watch an engine with: pages, API and sockets on one port. */
export interface Dashboard {
  readonly push: Push;
  readonly address: string;
  close(): Promise<void>;
}

interface Watched {
  readonly config: Config;
  readonly store: Store;
  readonly market: PaperMarket;
  readonly engine: PaperEngine;
  readonly context: ToldContext;
  /** Times faster than real time; null for as fast as it goes. */
  readonly speed: number | null;
  /** The command line that runs another bot file here, without `--bot`. */
  readonly startCommand: string;
  readonly say: (line: string) => void;
}

/** Builds the pages if they are missing or old, and listens. */
export async function openDashboard({
  config,
  store,
  market,
  engine,
  context,
  speed,
  startCommand,
  say,
}: Watched): Promise<Dashboard> {
  const webRoot = await buildWebIfNeeded(say);
  const startedAt = performance.now();
  const health = (): Health => ({
    status: 'ok',
    version: VERSION,
    uptimeMs: Math.round(performance.now() - startedAt),
    wallTime: Date.now(),
    marketTime: engine.state.marketTime,
    market: {
      name: market.name.split(':')[0]!,
      label: market.label,
      simulated: market.simulated,
      speed,
      silentSince: engine.state.silentSince,
    },
    why: null,
  });
  const onFault = (error: unknown) => say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const tickers = pricesShown(market, engine.state);
  const { state, requests } = engine;
  const previews = new BotPreviews(state, store, {
    surroundings: keptSurroundings(await surroundingsOf(market, async () => context)),
    prices: (await settingsOf(config)).prices,
    charts: loadChartSettings(),
    startCommand,
  });
  const served = { state, requests, previews, store, health, tickers, context: context.read };
  const app = await buildHttpServer(served, { host: config.host, webRoot, onFault });
  await app.listen({ host: config.host, port: config.port });
  const push = new Push(app.server, engine.state, config.host);
  const { port } = app.server.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return {
    push,
    address: `http://${host}:${port}`,
    close: async () => {
      await push.close();
      await app.close();
    },
  };
}
