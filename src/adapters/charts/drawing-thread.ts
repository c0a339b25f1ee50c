import { parentPort } from 'node:worker_threads';
import type { ChartRequest } from '#ports/charts.ts';
import { DrawnCharts } from './drawn.ts';

/** The other side of `DrawnBeside`: draws what it is sent, and answers each by its number. */
const charts = new DrawnCharts();

parentPort!.on('message', async ({ id, request }: { readonly id: number; readonly request: ChartRequest }) => {
  try {
    parentPort!.postMessage({ id, image: await charts.draw(request) });
  } catch (error) {
    parentPort!.postMessage({ id, error });
  }
});
