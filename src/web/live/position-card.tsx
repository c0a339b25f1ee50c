import { figure, formatPercent, formatR, MISSING, toneOf } from '../format.ts';
import { formatDuration } from '../time-format.ts';
import { Amount } from '../ui/amount.tsx';
import { Direction, ModeChip, SimulatedChip } from '../ui/chips.tsx';
import { ageMs, moveFraction } from './position-figures.ts';
import { leverageWords, Mark, type PositionProps, priceOf, ratioOf, Track } from './position-row.tsx';

/** The same position on a phone. */
export function PositionCard({ position, currency, onSelect }: PositionProps) {
  const pnl = Number(position.unrealizedPnl);
  const tone = toneOf(pnl, position.r);
  const { tick } = position;
  const ratio = ratioOf(position);
  return (
    <li className="position-card">
      <div className="spread">
        <span className="flex flex-wrap items-center gap-1.5 text-xs">
          <button type="button" className="pick semi text-md" onClick={onSelect} title="Show on the chart">
            {position.symbol}
          </button>
          <Direction direction={position.direction} />
          {position.leverage > 1 && <span>{leverageWords(position.leverage)}</span>}
          <ModeChip mode={position.mode} />
          {position.simulated && <SimulatedChip />}
        </span>
        <span className={`semi text-lg ${tone}`}>
          <Amount value={pnl} currency={currency} plus />
        </span>
      </div>
      <div className="spread mb-2 mt-0.5 text-xs text-fg-3">
        <span className="truncate">
          {position.botName} · {formatDuration(ageMs(position))}
        </span>
        <span className={`flex-none ${tone}`}>
          {formatPercent(moveFraction(position), { plus: true })} ·{' '}
          {position.r === null ? MISSING : formatR(position.r)}
        </span>
      </div>
      <Track position={position} />
      <div className="spread mt-0.5 text-2xs text-fg-3">
        <span>Stop {priceOf(position.stop, tick)}</span>
        <span>
          Mark{' '}
          <span className="text-fg-1">
            <Mark mark={position.mark} tick={tick} />
          </span>{' '}
          · R/R <span className="text-fg-1">{ratio === null ? MISSING : figure(ratio, 1)}</span>
        </span>
        <span>Target {priceOf(position.target, tick)}</span>
      </div>
    </li>
  );
}
