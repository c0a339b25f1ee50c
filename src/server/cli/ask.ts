import { randomUUID } from 'node:crypto';
import { AskAnswer, Problem } from '#contract/api.ts';
import { epochMs } from '#core/time.ts';
import { loadConfig } from '../config.ts';
import { InputError } from '../errors.ts';
import { writeDocument } from './json-document.ts';
import { momentText } from './time-text.ts';

export interface AskOptions {
  /** All of the bot's without. */
  readonly symbol?: string;
  /** A new one without: the same one is never decided twice. */
  readonly request?: string;
  /** Where the engine's pages are; from HOST and PORT without. */
  readonly url?: string;
  readonly json?: true;
}

/**
 * Lets a bot of the running engine decide now, and prints what it decided.
 * @throws InputError when there is no such engine or bot, or it cannot decide now.
 */
export async function ask(bot: string, { symbol, request, url, json }: AskOptions): Promise<void> {
  const address = url ?? addressOf(loadConfig());
  const body = JSON.stringify({ requestId: request ?? randomUUID(), symbol });
  const answer = await fetch(`${address}/api/bots/${encodeURIComponent(bot)}/ask`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  }).catch((error: unknown) => {
    throw new InputError(
      `Cannot ask "${bot}" as the engine must run with its pages: nothing answers at ${address}; run "autotrader start", or add --url`,
      { cause: error },
    );
  });
  const document: unknown = await answer.json().catch(() => undefined);
  const told = AskAnswer.safeParse(document);
  if (!answer.ok || !told.success) {
    const problem = Problem.safeParse(document);
    throw new InputError(
      problem.data?.error.message ??
        `Cannot ask "${bot}" as an engine of Autotrader must be at ${address}: another program answers there`,
    );
  }
  if (json) await writeDocument(process.stdout, told.data);
  else process.stdout.write(textOf(told.data));
}

function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function textOf({ botName, requestId, decisions }: AskAnswer): string {
  const lines = decisions.map(
    ({ symbol, at, result, why }) => `${symbol}  ${momentText(epochMs(at))}  ${result}: ${why}`,
  );
  return [`${botName} (request ${requestId})`, ...lines, ''].join('\n');
}
