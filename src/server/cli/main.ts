import { Command, Option } from 'commander';
import { MARGIN_MODELS } from '#core/margin/models.ts';
import { CALENDAR_NAMES } from '#core/sessions/calendars.ts';
import { TIMEFRAMES } from '#core/time.ts';
import { VENUES } from '../accounts/venue-access.ts';
import { EXITS, endingOf, Stopped } from '../errors.ts';
import { VERSION } from '../version.ts';
import type { AskOptions } from './ask.ts';
import type { BacktestOptions } from './backtest.ts';
import type { ChartOptions } from './chart.ts';
import type { ChartsCaptureOptions, ChartsLoginOptions } from './charts.ts';
import type { ContextOptions } from './context.ts';
import type { CyclesOptions } from './cycles.ts';
import type { DownloadOptions } from './download.ts';
import type { FillsOptions } from './fills.ts';
import type { IndicatorsOptions } from './indicators.ts';
import type { InstrumentsOptions } from './instruments.ts';
import type { ModelsOptions } from './models.ts';
import {
  listOf,
  parseBorrowRate,
  parseDailyLoss,
  parseFeeBps,
  parseLimit,
  parseMarket,
  parseMaxTrades,
  parsePace,
  parsePorts,
  parseSeed,
  parseSpeed,
  parseTime,
  parseTradeNumber,
} from './option-values.ts';
import type { PromptsOptions } from './prompts.ts';
import type { SimulatorOptions } from './simulator.ts';
import type { StartOptions } from './start.ts';

const MODEL_NAMES = Object.keys(MARGIN_MODELS);
const MODEL_ANSWERS = ['live', 'record', 'replay'];
const RESULTS = ['entered', 'exited', 'refused', 'skipped', 'held'];

const START_DEFAULTS = {
  market: undefined,
  speed: undefined,
  exitAtEnd: false,
  allowGaps: false,
  calendar: 'always',
  venue: undefined,
  clock: 'wall',
  web: true,
} as const;

/** What `start` takes under the names of its flags. */
type StartFlags = Partial<Omit<StartOptions, 'limits'>> & {
  readonly bot?: readonly string[];
  readonly maxTrades?: number | null;
  readonly dailyLoss?: number | null;
};

/** The commands. What a command needs is loaded when it runs: a backtest never loads the server. */
const program = new Command('autotrader')
  .description('Runs trading bots on your own machine: backtests, paper and live trading.')
  .version(VERSION)
  .exitOverride()
  .configureOutput({ outputError: () => {} }) // `endingOf` says it.
  .addHelpText('after', `\nExit codes:\n${exitCodes()}`);

program
  .command('start')
  .description('Runs the paper bots and serves the pages that show them.')
  .option(
    '--market <M>',
    'where candles come from: kraken, bybit-linear, alpaca, ccxt:EXCHANGE, simulated, or replay:FILE',
    parseMarket,
  )
  .option('--speed <X|max>', 'how many times faster than real time the market runs', parseSpeed)
  .option('--exit-at-end', 'stop when a replay has come to its end')
  .option('--no-web', 'run without the pages and their API')
  .option('--bot <FILE>', 'a bot to run beside those there; repeat it for more (without any: an example)', listOf)
  .option('--allow-gaps', 'list missing candles of a replay instead of refusing them')
  .option('--inside <FILE>', 'with a replay: finer candles or quotes, to be replayed inside the others')
  .option('--max-trades <N|none>', 'the most trades each paper account may have open at once', parseMaxTrades)
  .option(
    '--daily-loss <PERCENT|none>',
    'the most of its equity a paper account may lose and risk in a day',
    parseDailyLoss,
  )
  .addOption(calendarOption())
  .addOption(new Option('--margin <MODEL>', 'run the bots of --bot on margin, reckoned so').choices(MODEL_NAMES))
  .option('--tiers <FILE>', "with --margin: the venue's margin tiers, JSON (default: those of generic)")
  .option('--funding <FILE>', 'with --margin: funding rates, CSV, plain or gzip; one for each symbol', listOf)
  .option(
    '--borrow-rate <PERCENT>',
    "with --margin: interest a year on what is borrowed (default: the bot's)",
    parseBorrowRate,
  )
  .addOption(
    new Option('--venue <V>', 'trade on an account at this venue instead of on paper').choices(
      VENUES as readonly string[] as string[],
    ),
  )
  .addOption(
    new Option('--clock <C>', 'whose time it is: "venue" for a simulator that plays another day').choices([
      'wall',
      'venue',
    ]),
  )
  .addHelpText(
    'after',
    example('start --market replay:examples/simulated-5m.csv.gz --speed 600 --bot examples/sma-cross.json'),
  )
  .action(async ({ bot = [], maxTrades, dailyLoss, ...options }: StartFlags) => {
    const { start } = await import('./start.ts');
    const limits = {
      ...(maxTrades !== undefined && { maxConcurrentTrades: maxTrades }),
      ...(dailyLoss !== undefined && { dailyLossPercent: dailyLoss }),
    };
    await start({ ...START_DEFAULTS, ...options, bots: bot, limits });
  });

program
  .command('backtest <BOT.json>')
  .description('Runs a bot over recorded candles and reports what it would have done.')
  .option('--candles <FILE>', 'the candles: CSV, plain or gzip; repeat it for more symbols (SYMBOL=FILE)', listOf)
  .addOption(new Option('--venue <EXCHANGE>', 'take downloaded candles of this exchange instead').conflicts('candles'))
  .option('--symbol <SYMBOL>', "run this symbol alone (default: all of the bot's)")
  .addOption(
    new Option('--timeframe <T>', "run the bot on this timeframe instead of its file's").choices(
      TIMEFRAMES as string[],
    ),
  )
  .option('--from <TIME>', 'with --venue: from this day or minute in UTC on (default: the first candle)', parseTime)
  .option('--to <TIME>', 'with --venue: until before this day or minute (default: the last candle)', parseTime)
  .option('--allow-gaps', 'list missing candles instead of refusing them')
  .addOption(calendarOption())
  .option('--inside <FILE>', 'finer candles or quotes, to be replayed inside the others; one for each symbol', listOf)
  .option('--rules <FILE>', "the venue's tick, lot and minimums, as instruments --json prints them")
  .option('--fee-bps <N>', 'fee of each fill in hundredths of a percent (default: 10)', parseFeeBps)
  .addOption(
    new Option('--margin <MODEL>', 'trade a contract on margin, reckoned as this venue does').choices(MODEL_NAMES),
  )
  .option('--tiers <FILE>', "with --margin: the venue's margin tiers, JSON (default: those of generic)")
  .option('--funding <FILE>', 'with --margin: funding rates, CSV, plain or gzip; one for each symbol', listOf)
  .option(
    '--borrow-rate <PERCENT>',
    "with --margin: interest a year on what is borrowed (default: the bot's)",
    parseBorrowRate,
  )
  .addOption(
    new Option(
      '--models <ANSWERS>',
      'where the answers of models come from (default: replay; live where rules answer all)',
    ).choices(MODEL_ANSWERS),
  )
  .option('--recording <FILE>', 'recorded answers of models (default: BOT.recording.jsonl.gz)')
  .option('--explain <TRADE>', 'tell line by line how this trade came out, 1 for the first', parseTradeNumber)
  .option('--json', 'print one JSON document and nothing else')
  .option('--timing', 'tell speed and memory on stderr')
  .addHelpText('after', example('backtest examples/sma-cross.json --candles examples/simulated-5m.csv.gz'))
  .action(async (bot: string, options: BacktestOptions) => {
    const { backtest } = await import('./backtest.ts');
    await backtest(bot, options);
  });

program
  .command('download')
  .description('Reads candles from an exchange into DATA_DIR; run again, it reads what is missing.')
  .option('--venue <EXCHANGE>', 'the exchange: bybit-linear, alpaca, or its name in CCXT', 'kraken')
  .requiredOption('--symbol <SYMBOL>', 'what to read, for example BTC/USDT')
  .addOption(
    new Option('--timeframe <T>', 'the length of a candle').choices(TIMEFRAMES as string[]).makeOptionMandatory(),
  )
  .requiredOption('--from <TIME>', 'from this day or minute in UTC on, for example 2025-01-01', parseTime)
  .option('--to <TIME>', 'until before this day or minute (default: now)', parseTime)
  .addHelpText(
    'after',
    example('download --venue kraken --symbol BTC/USDT --timeframe 1h --from 2025-01-01 --to 2025-02-01'),
  )
  .action(async (options: DownloadOptions) => {
    const { download } = await import('./download.ts');
    await download(options);
  });

program
  .command('instruments')
  .description('Lists what an exchange trades: ticks, lots, minimums, contracts and fees.')
  .option('--venue <EXCHANGE>', 'bybit, bybit-linear, alpaca, or another one by its name in CCXT', 'kraken')
  .option('--symbol <SYMBOL>', 'only this one and the contracts on it, with their prices now')
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText('after', example('instruments --venue kraken --symbol BTC/USDT'))
  .action(async (options: InstrumentsOptions) => {
    const { instruments } = await import('./instruments.ts');
    await instruments(options);
  });

program
  .command('context')
  .description('Prints what is known of the world beside prices, and how old it is.')
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText('after', example('context --json'))
  .action(async (options: ContextOptions) => {
    const { context } = await import('./context.ts');
    await context(options);
  });

program
  .command('chart')
  .description('Draws recorded candles as a model is shown them.')
  .requiredOption('--candles <FILE>', 'the candles: CSV, plain or gzip')
  .requiredOption('--symbol <SYMBOL>', 'what they are of, for example BTC/USDT')
  .option('--bot <FILE>', 'a chart-vision bot whose picture it is to be (default: the usual look)')
  .addOption(new Option('--theme <THEME>', "dark or light (default: the bot's)").choices(['dark', 'light']))
  .addOption(new Option('--timeframe <T>', 'the length of a candle').choices(TIMEFRAMES as string[]))
  .option('--at <TIME>', 'as it was at this day or minute in UTC (default: after the last candle)', parseTime)
  .option('--allow-gaps', 'take candles with some missing instead of refusing them')
  .requiredOption('--out <FILE>', 'the picture, PNG')
  .addHelpText('after', example('chart --candles examples/chart-vision.csv.gz --symbol BTC/USDT --out chart.png'))
  .action(async (options: ChartOptions) => {
    const { chart } = await import('./chart.ts');
    await chart(options);
  });

program
  .command('models')
  .description('Prints what models were asked, how often they failed, and how often they were right.')
  .option('--bot <ID>', 'only those of this bot')
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText('after', example('models'))
  .action(async (options: ModelsOptions) => {
    const { models } = await import('./models.ts');
    await models(options);
  });

program
  .command('prompts [PROMPT]')
  .description('Lists the prompts that bots were started with, or prints the text of one.')
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText('after', example('prompts model-vote/2'))
  .action(async (prompt: string | undefined, options: PromptsOptions) => {
    const { prompts } = await import('./prompts.ts');
    await prompts(prompt, options);
  });

program
  .command('cycles')
  .description('Prints what bots did at each close, newest first, and why.')
  .option('--bot <ID>', 'only those of this bot')
  .option('--symbol <SYMBOL>', 'only those of this symbol')
  .addOption(new Option('--result <R>', 'only those with this result').choices(RESULTS))
  .option('--limit <N>', 'how many, the newest', parseLimit, 50)
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText('after', example('cycles --result refused'))
  .action(async (options: CyclesOptions) => {
    const { cycles } = await import('./cycles.ts');
    await cycles(options);
  });

program
  .command('ask <BOT>')
  .description('Lets a bot of the running engine decide now, beside its own occasions.')
  .option('--symbol <SYMBOL>', 'only about this symbol')
  .option('--request <ID>', 'the id of the request, which is never decided twice (default: a new one)')
  .option('--url <URL>', 'where the engine answers (default: from HOST and PORT)')
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText('after', example('ask trend-on-three-1f2e3d4c --symbol BTC/USDT'))
  .action(async (bot: string, options: AskOptions) => {
    const { ask } = await import('./ask.ts');
    await ask(bot, options);
  });

program
  .command('fills')
  .description('Prints the fills in DATA_DIR, oldest first.')
  .option('--bot <ID>', 'only those of this bot')
  .requiredOption('--json', 'print one JSON document')
  .addHelpText('after', example('fills --json'))
  .action(async (options: FillsOptions) => {
    const { fills } = await import('./fills.ts');
    await fills(options);
  });

program
  .command('indicators')
  .description('Lists the indicators, or prints their values over recorded candles.')
  .addOption(
    new Option('--list', 'list them with parameters, defaults and outputs').conflicts(['candles', 'indicator']),
  )
  .option('--candles <FILE>', 'the candles: CSV, plain or gzip')
  .option('--indicator <TEXT>', 'what to compute, as in a bot file; repeat it for more', listOf)
  .option('--allow-gaps', 'take candles with some missing instead of refusing them')
  .addOption(calendarOption())
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText(
    'after',
    example('indicators --candles examples/simulated-5m.csv.gz --indicator "rsi(14)" --indicator macd.signal'),
  )
  .action(async (options: IndicatorsOptions) => {
    const { indicators } = await import('./indicators.ts');
    await indicators(options);
  });

const charts = program.command('charts').description('Captures charts of TradingView; off unless asked for.');

charts
  .command('login')
  .description('Opens a window to log in by hand, and saves the session.')
  .option('--url <URL>', 'the site (default: from TRADINGVIEW_URL)')
  .addHelpText('after', example('charts login --url https://www.tradingview.com'))
  .action(async (options: ChartsLoginOptions) => {
    const { chartsLogin } = await import('./charts.ts');
    await chartsLogin(options);
  });

charts
  .command('capture')
  .description('Takes a picture of a chart; needs TRADINGVIEW_CAPTURE=1.')
  .requiredOption('--symbol <SYMBOL>', 'whose chart, for example BTC/USDT')
  .addOption(
    new Option('--timeframe <T>', 'the length of a candle').choices(TIMEFRAMES as string[]).makeOptionMandatory(),
  )
  .requiredOption('--out <FILE>', 'where the picture goes, a PNG')
  .option('--url <URL>', 'the site (default: from TRADINGVIEW_URL)')
  .addHelpText('after', example('charts capture --symbol BTC/USDT --timeframe 1h --out btc.png'))
  .action(async (options: ChartsCaptureOptions) => {
    const { chartsCapture } = await import('./charts.ts');
    await chartsCapture(options);
  });

program
  .command('simulator')
  .description('Runs loopback twins of the outside world: exchanges, models, Telegram, a chart page.')
  .option('--all', 'run all of them')
  .option('--service <NAME>', 'run this one; repeat it for more', listOf)
  .option('--candles <FILE>', 'recorded prices, with SYMBOL= before the file (default: an invented market)')
  .addOption(calendarOption())
  .option('--pace <P>', 'manual, lock-step, or how many times faster than real time the market runs', parsePace)
  .option('--history <N>', 'candles that are closed at the start', parseLimit, 500)
  .option('--seed <N>', 'what all that is left to chance follows from', parseSeed, 1)
  .option('--accounts <FILE>', 'the accounts, JSON (default: one with the key "testkey")')
  .option('--port <NAME=N>', 'the port of a service, or of "control"; repeat it for more', parsePorts)
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText('after', example('simulator --all --pace 60'))
  .action(async (options: SimulatorOptions) => {
    const { simulator } = await import('./simulator.ts');
    await simulator(options);
  });

function calendarOption(): Option {
  const says = 'when the market of the candles trades (default: always)';
  return new Option('--calendar <C>', says).choices(CALENDAR_NAMES as string[]);
}

function example(command: string): string {
  return `\nExample:\n  npx autotrader ${command}`;
}

function exitCodes(): string {
  return Object.values(EXITS)
    .map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`)
    .join('\n');
}

function end(error: unknown): void {
  const { code, message } = endingOf(error);
  if (message !== '') process.stderr.write(`${message}\n`);
  process.exitCode = code;
}

// What nobody waited for has left things in a state that nobody knows.
process.on('uncaughtException', (error) => {
  end(error);
  process.exit();
});

await program.parseAsync().catch((error: unknown) => {
  end(error);
  // Calls that are on their way have nobody to come back to.
  if (error instanceof Stopped) process.exit();
});
