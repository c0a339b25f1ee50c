import type { CandleRow } from '#contract/api.ts';
import { useDisplay } from '../display.ts';
import { figure, formatStep } from '../format.ts';
import { formatWhen } from '../time-format.ts';

const MOST_ROWS = 100;

/** The chart in numbers, newest first. */
export function CandleTable({
  rows,
  tick,
  caption,
}: {
  readonly rows: readonly CandleRow[];
  readonly tick: string;
  readonly caption: string;
}) {
  const { zone } = useDisplay();
  const now = rows.at(-1)?.[0] ?? 0;
  return (
    <div className="scroller">
      <table className="data">
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Opens</th>
            {['Open', 'High', 'Low', 'Close', 'Volume'].map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows
            .slice(-MOST_ROWS)
            .reverse()
            .map(([at, open, high, low, close, volume]) => (
              <tr key={at}>
                <th scope="row">{formatWhen(at, now, zone)}</th>
                <td className="number">{formatStep(open, tick)}</td>
                <td className="number">{formatStep(high, tick)}</td>
                <td className="number">{formatStep(low, tick)}</td>
                <td className="number">{formatStep(close, tick)}</td>
                <td className="number">{figure(volume, 2)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
