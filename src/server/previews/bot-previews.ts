import { DrawnBeside } from '#adapters/charts/drawn-beside.ts';
import type { ModelPrices } from '#adapters/models/prices.ts';
import { BotFileError, readBotFile } from '#contract/bot-file.ts';
import type { BotConfig, BotPreview, FileProblem, PreviewRequest, PreviewTold } from '#contract/bot-preview.ts';
import { botWords } from '#core/bot-words.ts';
import type { Bot, BotId, IndicatorRulesBot } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { ModelBot } from '#core/model-bots.ts';
import type { SurroundingsSource } from '#ports/context.ts';
import type { AccountRow, Store } from '#ports/store.ts';
import { Indicators } from '#strategies/indicator-rules/operands.ts';
import { ruleLines } from '#strategies/indicator-rules/rule-values.ts';
import type { ChartSettings } from '../charts/chart-settings.ts';
import type { Trader } from '../compose.ts';
import { InputError } from '../errors.ts';
import { checkBotFits } from '../files/bot-files.ts';
import { readPastDecisions } from '../models/past-decisions.ts';
import { strategyOf } from '../strategies.ts';
import { inBlocks, type PreviewedSeries, previewedSeries } from './previewed-series.ts';
import { questionView } from './question-view.ts';
import { limitsOption, termsOption } from './start-command.ts';
import { Turns } from './turns.ts';
import { RememberedCharts, UnaskedModels } from './unasked-models.ts';

/** What previews are made of beside the engine. */
export interface PreviewSources {
  readonly surroundings: SurroundingsSource;
  readonly prices: ModelPrices;
  /** Whether the pictures of running bots are captured from a site: a preview is drawn all the same. */
  readonly charts: Pick<ChartSettings, 'captures' | 'fallback'>;
  /** What a command line says to run another file here, without `--bot`. */
  readonly startCommand: string;
}

/** The engine as previews read it. */
interface Previewed {
  readonly traders: readonly Trader[];
  readonly simulated: boolean;
}

const MOST_AT_ONCE = 4;
const FLAT = { direction: 'flat', entryIndex: -1, lastExitIndex: -1 } as const;
const NO_CANDLES = 'No candle of its market has closed here yet.';
const CAPTURED: Readonly<Record<ChartSettings['fallback'], string>> = {
  drawn:
    'The bot is shown the picture of TradingView as it looks at that moment. This is the one that it is shown where that cannot be had.',
  none: 'The bot is shown the picture of TradingView as it looks at that moment, and asks nobody where that cannot be had. This one is drawn of the same market.',
};

/**
 * What a draft of a bot would be told and would do now, by the strategy that runs: it decides at the last close as a bot
 * without a position, with models that only listen. It stores nothing, asks no model, and takes its turn beside the engine.
 */
export class BotPreviews {
  private readonly engine: Previewed;
  private readonly store: Store;
  private readonly sources: PreviewSources;
  private readonly turns = new Turns(MOST_AT_ONCE);
  private readonly charts = new DrawnBeside();

  constructor(engine: Previewed, store: Store, sources: PreviewSources) {
    this.engine = engine;
    this.store = store;
    this.sources = sources;
  }

  /** Undefined for a bot that does not run here. */
  config(botId: string): BotConfig | undefined {
    const trader = this.engine.traders.find(({ row }) => row.id === botId);
    if (trader === undefined) return undefined;
    const { row, accountRow } = trader;
    const isElsewhere = accountRow.venue !== 'simulated';
    const limits = limitsOption(accountRow);
    // They are given to every bot that the command runs.
    const isShared = this.engine.traders.every((other) => limitsOption(other.accountRow) === limits);
    const terms = isElsewhere ? '' : `${termsOption(accountRow)}${isShared ? limits : ''}`;
    const startCommand = `${this.sources.startCommand}${terms}`;
    if (isElsewhere) return { botId, file: row.file, startCommand, why: onPaper(accountRow) };
    return { botId, file: row.file, startCommand, why: isShared ? null : notItsLimits(limits) };
  }

  /**
   * @param abort Who asked is gone.
   * @throws TooBusy, RangeError for a symbol that is none of the file's; the reason of `abort`.
   */
  async preview({ file, symbol, botId }: PreviewRequest, abort: AbortSignal): Promise<BotPreview> {
    const read = readDraft(file);
    if ('problems' in read) return { problems: [...read.problems], told: null };
    const { bot } = read;
    const wanted = bot.symbols.find((one) => symbol === undefined || one === symbol);
    if (wanted === undefined)
      throw new RangeError(
        `Cannot preview ${symbol} as it must be one of the file's symbols: ${bot.symbols.join(', ')}`,
      );
    return this.turns.take(() => this.made(bot, wanted, botId, abort), abort);
  }

  private async made(
    bot: Bot,
    symbol: MarketSymbol,
    botId: string | undefined,
    abort: AbortSignal,
  ): Promise<BotPreview> {
    const isItsOwn = ({ row }: Trader) => row.id === botId;
    const traders = [...this.engine.traders].sort((a, b) => Number(isItsOwn(b)) - Number(isItsOwn(a)));
    const series = await previewedSeries(traders, bot, symbol);
    const words = botWords(bot).map((sentence) => [...sentence]);
    if (series === undefined) {
      const why = `No bot here reads candles of ${symbol} that ${bot.timeframe} could be made of: start the draft to see more.`;
      return told({ words, market: null, question: null, rules: [], why });
    }
    const problem = misfit(bot, series);
    if (problem) return { problems: [problem], told: null };
    const { candles, madeOf = null } = series;
    const count = candles.length;
    if (count === 0) return told({ words, market: null, question: null, rules: [], why: NO_CANDLES });
    const { timeframe } = candles;
    const { simulated } = this.engine;
    const market = { symbol, timeframe, simulated, at: candles.closeTimeAt(count - 1), madeOf };
    const seen =
      bot.kind === 'indicator-rules'
        ? { question: null, rules: await rulesAt(bot, series, count), why: warmingUp(bot, count, 'Nothing is decided') }
        : { ...(await this.questionAt(bot, series, count, botId, abort)), rules: [] };
    return told({ words, market, ...seen });
  }

  private async questionAt(
    bot: ModelBot,
    series: PreviewedSeries,
    count: number,
    botId: string | undefined,
    abort: AbortSignal,
  ): Promise<Pick<PreviewTold, 'question' | 'why'>> {
    const { surroundings, prices, charts: shown } = this.sources;
    const why = warmingUp(bot, count, 'Nobody is asked');
    if (why !== null) return { question: null, why };
    const charts = new RememberedCharts(this.charts);
    const models = new UnaskedModels();
    const past = botId === undefined ? undefined : await readPastDecisions(this.store, botId, [series.symbol]);
    const strategy = strategyOf({
      bot,
      botId: (botId ?? 'draft') as BotId,
      series,
      asking: { models, charts, surroundings, abort },
      past: past?.get(series.symbol),
    });
    await inBlocks(count, (from, to) => strategy.observe(from, to));
    abort.throwIfAborted();
    await strategy.decide(count - 1, FLAT);
    const question = questionView(models.questions, charts.requests, prices);
    return { question, why: shown.captures && bot.kind === 'chart-vision' ? CAPTURED[shown.fallback] : null };
  }
}

function onPaper({ name }: Pick<AccountRow, 'name'>): string {
  return `${name} goes on with the file that it began with; this command runs the draft on paper, at the same prices.`;
}

/** @param limits As options, those of the account that it was drafted from. */
function notItsLimits(limits: string): string {
  const own = limits === '' ? 'has no limits' : `is held to${limits}`;
  return `The account of this bot ${own}, others here to other limits: the draft's begins without any.`;
}

function told(what: PreviewTold): BotPreview {
  return { problems: [], told: what };
}

function readDraft(file: string): { readonly bot: Bot } | { readonly problems: readonly FileProblem[] } {
  try {
    return { bot: readBotFile(file) };
  } catch (error) {
    if (error instanceof BotFileError) return { problems: error.places };
    throw error;
  }
}

/** @param until What is not done while candles are too few. */
function warmingUp({ warmupCandles }: Pick<Bot, 'warmupCandles'>, count: number, until: string): string | null {
  if (count > warmupCandles) return null;
  return `${until} before ${warmupCandles + 1} candles have closed, so that each figure has a value: there are ${count}.`;
}

/** What the instrument does not have. */
function misfit(bot: Bot, { instrument }: PreviewedSeries): FileProblem | undefined {
  try {
    checkBotFits(bot, instrument);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return { path: 'sizing.quantity', message: error.message };
    throw error;
  }
}

/** The rules of a bot with what they read at the last close. */
async function rulesAt({ entry, exit }: IndicatorRulesBot, { candles }: PreviewedSeries, count: number) {
  const indicators = new Indicators(candles);
  const named = [
    ['Enter long', entry.long],
    ['Enter short', entry.short],
    ['Exit long', exit.long],
    ['Exit short', exit.short],
  ] as const;
  const rules = named.flatMap(([name, condition]) =>
    condition === undefined ? [] : [{ name, lines: ruleLines(condition, candles, indicators) }],
  );
  await inBlocks(count, (from, to) => indicators.advance(from, to));
  return rules.map(({ name, lines }) => ({ name, lines: [...lines(count - 1)] }));
}
