import { z } from 'zod';
import type { EpochMs } from '#core/time.ts';
import type { FearGreed } from '#ports/context.ts';
import { AnswerRefused, epochSeconds, numberText, problemOf } from './answer.ts';
import type { Dated } from './kept-value.ts';

/** Where it comes from; they ask to be named beside it. */
export const FEAR_GREED_ADDRESS = 'https://api.alternative.me';
export const FEAR_GREED_PATH = '/fng/?limit=1';

const MOST = 100;
const SECOND_MS = 1000;

const Answer = z.object({
  data: z
    .array(
      z.object({
        value: numberText.pipe(z.number().int().min(0).max(MOST)),
        value_classification: z.enum(['Extreme Fear', 'Fear', 'Neutral', 'Greed', 'Extreme Greed']),
        timestamp: numberText.pipe(epochSeconds),
      }),
    )
    .min(1),
  metadata: z.object({ error: z.null() }),
});

/** The newest value, which stands first. @throws AnswerRefused */
export function fearGreedFrom(answer: unknown): Dated<FearGreed> {
  const read = Answer.safeParse(answer);
  if (!read.success) throw new AnswerRefused(`its answer cannot be used: ${problemOf(read.error)}`);
  const [{ value, value_classification: classification, timestamp }] = read.data.data as [
    (typeof read.data.data)[number],
  ];
  return { value: { value, classification }, at: (timestamp * SECOND_MS) as EpochMs };
}
