import type { ModelStanding } from '#contract/api.ts';
import { figure, MISSING } from '#core/figures.ts';
import { HIT_CANDLES } from '#core/statistics/opinion-hits.ts';
import { modelStandings } from '../models/model-rates.ts';
import { writeDocument } from './json-document.ts';
import { botFilter, readStore } from './read-store.ts';
import { table } from './text-table.ts';

export interface ModelsOptions {
  /** A bot's id or its name; all bots without. */
  readonly bot?: string;
  readonly json?: true;
}

/** Prints what models were asked, how often they failed, and how often what they recommended came true. */
export async function models({ bot, json }: ModelsOptions): Promise<void> {
  await readStore('models', async (store) => {
    const standings = await modelStandings(store, await botFilter(store, 'models', bot));
    if (json) await writeDocument(process.stdout, { hitAfterCandles: HIT_CANDLES, models: standings });
    else process.stdout.write(textOf(standings));
  });
}

function textOf(standings: readonly ModelStanding[]): string {
  if (standings.length === 0) return 'No model has been asked yet.\n';
  const rows = standings.map(({ analyst, asked, failed, recommended, n, rate, interval }) => [
    analyst,
    figure(asked, 0),
    failedText(failed),
    `${recommended.buy} / ${recommended.sell} / ${recommended.hold}`,
    rate === null ? MISSING : `${figure(100 * rate, 1)} %`,
    interval === null ? MISSING : `${figure(100 * interval.low, 1)} to ${figure(100 * interval.high, 1)} %`,
    figure(n, 0),
  ]);
  const head = ['Model', 'Asked', 'Failed', 'Buy / sell / hold', 'Came true', '95 % interval', 'n'];
  return `${table(head, rows)}\nCame true: the close ${HIT_CANDLES} candles later lay on the side that was recommended, costs not counted.\n`;
}

function failedText(failed: ModelStanding['failed']): string {
  const parts = Object.entries(failed).map(([failure, count]) => `${count} ${failure}`);
  return parts.length === 0 ? '0' : parts.join(', ');
}
