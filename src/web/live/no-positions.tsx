import { useQuery } from '@tanstack/react-query';
import type { Bot } from '#contract/api.ts';
import { candleCloseTime, epochMs, isTimeframe } from '#core/time.ts';
import { botsQuery } from '../api.ts';
import { useContact } from '../contact.ts';
import { useDisplay } from '../display.ts';
import { formatClock, formatDuration } from '../time-format.ts';
import { Empty } from '../ui/states.tsx';

function nextClose(bots: readonly Bot[], marketTime: number): number | null {
  const closes = bots.flatMap(({ timeframe }) =>
    isTimeframe(timeframe) ? [candleCloseTime(epochMs(marketTime), timeframe)] : [],
  );
  return closes.length > 0 ? Math.min(...closes) : null;
}

const counted = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** Why nothing is open, and what happens next. */
export function NoPositions() {
  const { data } = useQuery(botsQuery());
  const { marketTime } = useContact();
  const { zone } = useDisplay();
  const running = data?.bots.filter((bot) => bot.status === 'running') ?? [];
  if (data && running.length === 0) {
    return <Empty title="No open positions">No bot is running, so nothing will be opened.</Empty>;
  }
  const symbols = new Set(running.flatMap((bot) => bot.symbols)).size;
  const next = marketTime === null ? null : nextClose(running, marketTime);
  return (
    <Empty title="No open positions">
      {counted(running.length, 'bot is', 'bots are')} watching {counted(symbols, 'symbol', 'symbols')}.{' '}
      {next !== null && marketTime !== null
        ? `Next decision at ${formatClock(next, zone)}, in ${formatDuration(next - marketTime)} of market time.`
        : 'The next decision comes when a candle closes.'}
    </Empty>
  );
}
