import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BUILT_IN_PROMPTS } from '#core/built-in-prompts.ts';
import { PROMPT_VARIABLES } from '#core/prompts.ts';
import { ROOT, runCli } from './run-cli.ts';

const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT });
const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** Lines of shell blocks that call us, without "npx autotrader". */
const commands = pages.flatMap((page) =>
  [...read(page).matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    [...block!.matchAll(/^npx autotrader (.+)$/gm)].map(([, command]) => command!),
  ),
);

describe('every backtest in the documentation runs', { concurrent: true }, () => {
  // Downloaded candles are in tests/e2e/download.test.ts.
  const ours = commands.filter((command) => command.startsWith('backtest ') && !command.includes('--venue'));
  const backtests = new Set(ours);
  test.each([...backtests])('%s', async (command) => {
    const { code, stdout, stderr } = await runCli(command.split(' '));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toBe('');
  });
});

describe('docs/reference/cli.md', () => {
  const sections = read('docs/reference/cli.md').split(/^## /m);

  test.each([
    'backtest',
    'download',
    'instruments',
    'context',
    'chart',
    'models',
    'prompts',
    'start',
    'cycles',
    'fills',
    'indicators',
    'charts login',
    'charts capture',
    'simulator',
  ])('has the options of %s, and every command uses only those', async (command) => {
    const section = sections.find((text) => text.startsWith(command))!;
    const documented = [...section.matchAll(/^\| `(--[a-z-]+)/gm)].map(([, option]) => option!);
    const { stdout } = await runCli([...command.split(' '), '--help']);
    const offered = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option!);
    expect(documented).toEqual(offered);
    const used = commands.filter((line) => line.startsWith(command)).flatMap((line) => line.match(/--[a-z-]+/g) ?? []);
    expect(offered).toEqual(expect.arrayContaining(used));
  });

  test('shows the report that README shows', async () => {
    const [, example] = /^```\n(SMA cross on [\s\S]*?)^```/m.exec(read('README.md'))!;
    const { stdout } = await runCli([
      'backtest',
      'examples/sma-cross.json',
      '--candles',
      'examples/simulated-5m.csv.gz',
    ]);
    const lines = example!.split('\n').filter((line) => line !== '  …');
    for (const line of lines) expect(stdout).toContain(line);
  });
});

test.each(pages)('the links of %s lead somewhere', (page) => {
  const targets = [...read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
  const files = targets.filter((target) => !/^[a-z]+:/.test(target));
  expect(files.filter((file) => !existsSync(join(ROOT, dirname(page), file)))).toEqual([]);
});

test('docs/reference/bot-file.md has every prompt and every variable of prompts', () => {
  const page = read('docs/reference/bot-file.md');
  for (const name of BUILT_IN_PROMPTS.keys()) expect(page).toContain(`\`${name}\``);
  for (const name of Object.keys(PROMPT_VARIABLES)) expect(page).toContain(`\`{{${name}}}\``);
});
