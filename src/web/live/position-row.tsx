import { useState } from 'react';
import type { Position } from '#contract/api.ts';
import { baseOf, figure, formatPercent, formatR, formatStep, MISSING, toneOf } from '../format.ts';
import { formatDuration } from '../time-format.ts';
import { Amount, Quantity } from '../ui/amount.tsx';
import { Direction, ModeChip, SimulatedChip } from '../ui/chips.tsx';
import { ageMs, moveFraction, stopR } from './position-figures.ts';
import { RTrack } from './r-track.tsx';

export interface PositionProps {
  readonly position: Position;
  readonly currency: string;
  readonly selected: boolean;
  readonly onSelect: () => void;
}

export const leverageWords = (leverage: number): string => (leverage > 1 ? `${leverage}×` : 'Cash');
/** Null once the mark is past the stop: there is no ratio left then. */
export const ratioOf = ({ rewardRiskLeft }: Position): number | null =>
  rewardRiskLeft !== null && rewardRiskLeft >= 0 ? rewardRiskLeft : null;
export const priceOf = (value: string | null, tick: string): string =>
  value === null ? MISSING : formatStep(value, tick);

/** The one thing on the page that flashes: in the direction the price went. */
export function Mark({ mark, tick }: { readonly mark: string; readonly tick: string }) {
  const [seen, setSeen] = useState({ mark, flash: '' });
  if (seen.mark !== mark) setSeen({ mark, flash: Number(mark) > Number(seen.mark) ? 'flash-up' : 'flash-down' });
  return (
    <span key={mark} className={seen.flash}>
      {formatStep(mark, tick)}
    </span>
  );
}

export function Track({ position }: { readonly position: Position }) {
  const stop = stopR(position);
  if (position.r === null || position.targetR === null || stop === null) {
    return <span className="text-2xs text-fg-3">{position.stop === null ? 'No stop' : 'No target'}</span>;
  }
  return <RTrack r={position.r} stop={stop} target={position.targetR} />;
}

function Unrealised({ position, currency }: { readonly position: Position; readonly currency: string }) {
  const pnl = Number(position.unrealizedPnl);
  const tone = toneOf(pnl, position.r);
  return (
    <td className="number">
      <span className={`med ${tone}`}>
        <Amount value={pnl} currency={currency} plus />
      </span>
      <span className={`sub ${tone}`}>{position.r === null ? MISSING : formatR(position.r)}</span>
    </td>
  );
}

export function PositionRow({ position, currency, selected, onSelect }: PositionProps) {
  const { tick } = position;
  const ratio = ratioOf(position);
  return (
    <tr className={selected ? 'selected' : ''}>
      <th scope="row">
        <span className="flex items-center gap-1.5">
          <button type="button" className="pick" onClick={onSelect} title="Show on the chart">
            {position.symbol}
          </button>
          <ModeChip mode={position.mode} />
          {position.simulated && <SimulatedChip />}
        </span>
        <span className="sub max-w-44 truncate">{position.botName}</span>
      </th>
      <td>
        <Direction direction={position.direction} />
        <span className="sub">
          {leverageWords(position.leverage)}
          {position.liquidationPrice !== null && ` · liq. ${formatStep(position.liquidationPrice, tick)}`}
        </span>
      </td>
      <td className="number">
        <span className="text-fg-1">
          <Amount value={Number(position.notional)} currency={currency} decimals={0} />
        </span>
        <span className="sub">
          <Quantity text={`${formatStep(position.quantity, position.lot)} ${baseOf(position.symbol)}`} />
        </span>
      </td>
      <td className="number">
        {formatStep(position.entryPrice, tick)}
        <span className="sub">{formatDuration(ageMs(position))}</span>
      </td>
      <td className="number">
        <span className="text-fg-1">
          <Mark mark={position.mark} tick={tick} />
        </span>
        <span className="sub">{formatPercent(moveFraction(position), { plus: true })}</span>
      </td>
      <Unrealised position={position} currency={currency} />
      <td className="track">
        <Track position={position} />
        <span className="sub">
          <span>{priceOf(position.stop, tick)}</span>
          <span>{priceOf(position.target, tick)}</span>
        </span>
      </td>
      <td className="number">
        {ratio === null ? (
          MISSING
        ) : (
          <>
            <b className="med text-fg-1">{figure(ratio, 1)}</b> : 1
          </>
        )}
      </td>
    </tr>
  );
}
