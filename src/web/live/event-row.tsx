import { ArrowDownRight, ArrowUpRight, CircleCheck, OctagonAlert, Pause } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Trade } from '#contract/api.ts';
import { useDisplay } from '../display.ts';
import { baseOf, formatR, formatStep, MISSING, toneOf } from '../format.ts';
import { formatIso, formatWhen } from '../time-format.ts';
import { Amount, Quantity } from '../ui/amount.tsx';
import type { LiveEvent } from './events.ts';

function Entry({ trade }: { readonly trade: Trade }) {
  return (
    <span>
      <b>{trade.symbol}</b> {trade.mode} {trade.direction} opened,{' '}
      <Quantity text={`${formatStep(trade.quantity, trade.lot)} ${baseOf(trade.symbol)}`} /> at{' '}
      {formatStep(trade.entryPrice, trade.tick)}
    </span>
  );
}

function Exit({ trade, currency }: { readonly trade: Trade; readonly currency: string }) {
  const pnl = trade.pnl === null ? null : Number(trade.pnl);
  return (
    <span>
      <b>{trade.symbol}</b> {trade.mode} {trade.direction} closed at{' '}
      {trade.exitPrice === null ? MISSING : formatStep(trade.exitPrice, trade.tick)}
      {trade.exitReason && `, ${trade.exitReason}`}:{' '}
      <span className={`med whitespace-nowrap ${toneOf(pnl ?? 0, trade.r)}`}>
        <Amount value={pnl} currency={currency} plus />
        {trade.r !== null && ` ${formatR(trade.r)}`}
      </span>
    </span>
  );
}

function lookOf(
  event: LiveEvent,
  currency: string,
): { readonly className: string; readonly icon: ReactNode; readonly text: ReactNode } {
  switch (event.kind) {
    case 'entry': {
      const Arrow = event.trade.direction === 'long' ? ArrowUpRight : ArrowDownRight;
      return { className: '', icon: <Arrow aria-hidden="true" />, text: <Entry trade={event.trade} /> };
    }
    case 'exit':
      return {
        className: '',
        icon: <CircleCheck aria-hidden="true" />,
        text: <Exit trade={event.trade} currency={currency} />,
      };
    case 'bot-error':
      return {
        className: 'error',
        icon: <OctagonAlert aria-label="Error" />,
        text: `${event.bot.name} stopped: ${event.bot.why ?? 'no reason given'}`,
      };
    case 'bot-paused':
      return {
        className: 'warning',
        icon: <Pause aria-label="Paused" />,
        text: `${event.bot.name} is paused: ${event.bot.why ?? 'no reason given'}`,
      };
  }
}

interface EventRowProps {
  readonly event: LiveEvent;
  readonly currency: string;
  readonly now: number;
}

export function EventRow({ event, currency, now }: EventRowProps) {
  const { zone } = useDisplay();
  const { className, icon, text } = lookOf(event, currency);
  return (
    <li className={`event ${className}`}>
      {event.at === null ? (
        <time>now</time>
      ) : (
        <time dateTime={formatIso(event.at)} title={formatIso(event.at)}>
          {formatWhen(event.at, now, zone)}
        </time>
      )}
      {icon}
      {text}
    </li>
  );
}
