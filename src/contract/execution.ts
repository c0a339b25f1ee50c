import { z } from 'zod';
import { DEFAULT_EXECUTION, type ExecutionModel } from '../core/matching/execution-model.ts';
import type { Slippage } from '../core/matching/slippage.ts';
import { positiveNumber, wholeNumber } from './numbers.ts';
import { choice, hasKey, section } from './problems.ts';

/** How a bot file says what the simulated venue assumes of its market. */

const MOST_SLIPPAGE_BPS = 1000;
const MOST_ROWS = 1000;
const MOST_LATENCY_MS = 86_400_000;

const fixed = section({ bps: positiveNumber(MOST_SLIPPAGE_BPS, 2) }).transform(
  ({ bps }): Slippage => ({ kind: 'fixed', bps }),
);
const squareRoot = section({
  coefficient: positiveNumber(100, 1),
  candles: wholeNumber(2, MOST_ROWS).default(20),
}).transform(({ coefficient, candles }): Slippage => ({ kind: 'square-root', coefficient, rows: candles }));

const slippage = choice<Slippage>((input) => {
  if (hasKey(input, 'bps')) return fixed;
  return hasKey(input, 'coefficient') ? squareRoot : undefined;
}, 'must be {"bps": 2} or {"coefficient": 1, "candles": 20}');

const either = <Word extends string>(...words: readonly Word[]) =>
  z.enum(words, `must be ${words.map((word) => `"${word}"`).join(' or ')}`);

export const executionSchema: z.ZodType<ExecutionModel> = section({
  intrabar: either('worst-case-first', 'target-first', 'ohlc-adaptive').exactOptional(),
  signalActs: either('next-open', 'this-close').exactOptional(),
  trailingSees: either('adverse-first', 'favourable-first').exactOptional(),
  gapFill: either('open', 'level').exactOptional(),
  exitSignal: either('before-stop', 'after-stop').exactOptional(),
  entryCandle: either('exits', 'no-exits').exactOptional(),
  slippage: slippage.exactOptional(),
  volumeShare: positiveNumber(1, 0.1).exactOptional(),
  latencyMs: wholeNumber(0, MOST_LATENCY_MS).exactOptional(),
}).transform(
  ({ entryCandle = DEFAULT_EXECUTION.entryRow, ...model }): ExecutionModel => ({
    ...DEFAULT_EXECUTION,
    ...model,
    entryRow: entryCandle,
  }),
);
