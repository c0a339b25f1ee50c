import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { ROOT, runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'autotrader-stored-bot-'));
afterAll(() => rmSync(folder, { recursive: true }));

const start = (...more: readonly string[]) => {
  const market = ['--market', 'replay:examples/model-vote.csv.gz', '--speed', 'max', '--exit-at-end', '--no-web'];
  return runCli(['start', ...market, ...more], [], { DATA_DIR: folder });
};

test('an engine starts with a stored bot whose file a new bot may not have', { timeout: 120_000 }, async () => {
  expect((await start('--margin', 'generic', '--bot', 'examples/model-vote.json')).code).toBe(0);
  const file = JSON.parse(readFileSync(join(ROOT, 'examples/model-vote.json'), 'utf8'));
  const prompt = { name: 'model-vote', version: 2, system: 'Mine.', user: 'What of {{symbol}}?' };
  const database = new DatabaseSync(join(folder, 'autotrader.db'));
  database.prepare('UPDATE bots SET file = ?').run(JSON.stringify({ ...file, prompt }));
  database.close();
  const again = await start();
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout + again.stderr).toMatch('goes on with its own text');
});
