import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { io, type Socket } from 'socket.io-client';
import { nothingKnown } from '#adapters/context/nothing-known.ts';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import { readBotFile } from '#contract/bot-file.ts';
import { SOCKET_PATH } from '#contract/sockets.ts';
import type { MarketQueries } from '#ports/market-data.ts';
import type { ChangeSet } from '#ports/store.ts';
import { newPaperBot, storePaperBots } from '#server/accounts/paper-bots.ts';
import { type EngineModels, type PaperEngine, startPaperEngine } from '#server/accounts/paper-engine.ts';
import { buildHttpServer } from '#server/http/server.ts';
import { pricesShown } from '#server/markets/market-prices.ts';
import { openContext, type ToldContext } from '#server/models/context.ts';
import { BotPreviews } from '#server/previews/bot-previews.ts';
import { Push } from '#server/sockets/push.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';

const HOST = '127.0.0.1';

/** A paper engine on generated candles with the API and the sockets in front of it, as `start` puts them together. */
export class WatchedEngine {
  readonly store = new MemoryStore();
  readonly faults: unknown[] = [];
  /** An exchange to be asked for prices, for the tests that want one. */
  queries: Pick<MarketQueries, 'tickers'> | undefined;
  engine!: PaperEngine;
  app!: FastifyInstance;
  /** Where what is known of the world is asked for; nobody listens there. */
  contextUrl = 'http://127.0.0.1:1';
  private push: Push | undefined;
  private context: ToldContext | undefined;

  /** @param file Of the bot; an example by rules without. @param models Whom it asks. */
  async open(candles: number, file?: object, models?: EngineModels): Promise<void> {
    const market = new ReplayMarket('replay:generated', [
      { instrument: instrumentOf({ tick: '0.25', lot: '0.001' }), candles: generateCandles(candles, 5) },
    ]);
    const example = file ?? JSON.parse(await readFile('examples/rsi-atr-brackets.json', 'utf8'));
    const text = JSON.stringify({ ...example, timeframe: '1m' });
    const bots = await storePaperBots(this.store, [newPaperBot(readBotFile(text), text, market.name, market.start)]);
    this.engine = await startPaperEngine(
      bots,
      market,
      this.store,
      null,
      (changes) => this.stored(changes),
      undefined,
      models,
    );
    const health = () => ({
      status: 'ok' as const,
      version: '0.0.0',
      uptimeMs: 1,
      wallTime: 1,
      marketTime: this.engine.state.marketTime,
      market: { name: 'replay', label: market.label, simulated: true, speed: null, silentSince: null },
      why: null,
    });
    const onFault = (error: unknown) => this.faults.push(error);
    const { state, requests } = this.engine;
    const tickers = pricesShown({ queries: this.queries }, state);
    this.context = openContext({
      fearGreedUrl: this.contextUrl,
      coinGeckoUrl: this.contextUrl,
      coinGeckoKey: undefined,
    });
    const previews = new BotPreviews(state, this.store, {
      surroundings: nothingKnown('it is a test'),
      prices: { 'a/model': { promptUsd: 1, completionUsd: 2, since: '2026-11-20' } },
      charts: { captures: false, fallback: 'drawn' },
      startCommand: 'npx autotrader start --market replay:generated',
    });
    const served = { state, requests, previews, store: this.store, health, tickers, context: this.context.read };
    this.app = await buildHttpServer(served, { host: HOST, webRoot: undefined, onFault });
    await this.app.listen({ host: HOST, port: 0 });
    this.push = new Push(this.app.server, this.engine.state, HOST);
  }

  connect(): Socket {
    const { port } = this.app.server.address() as AddressInfo;
    return io(`http://${HOST}:${port}`, { path: SOCKET_PATH, transports: ['websocket'] });
  }

  async close(): Promise<void> {
    this.context?.close();
    await this.push?.close();
    await this.app.close();
  }

  private stored(changes: ChangeSet): void {
    this.push?.stored(changes);
  }
}
