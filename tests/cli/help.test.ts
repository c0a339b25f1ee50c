import { execFileSync, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { ROOT, runCli } from './run-cli.ts';

describe('--help', { concurrent: true }, () => {
  test.each([
    'start',
    'backtest',
    'download',
    'instruments',
    'context',
    'prompts',
    'cycles',
    'fills',
    'indicators',
    'charts login',
    'charts capture',
    'simulator',
  ])('%s has an example', async (command) => {
    const { code, stdout, stderr } = await runCli([...command.split(' '), '--help']);
    expect(stdout).toContain(`Example:\n  npx autotrader ${command} `);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('names the commands and the exit codes', async () => {
    const { code, stdout } = await runCli(['--help']);
    for (const text of [
      'start',
      'backtest',
      'download',
      'instruments',
      'context',
      'prompts',
      'cycles',
      'fills',
      'indicators',
      'charts',
      'simulator',
      '130',
      '143',
    ])
      expect(stdout).toContain(text);
    expect(code).toBe(0);
  });
});

test('--version', async () => {
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
});

test('an older Node is told in one sentence', () => {
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); await import('./${packageJson.bin.autotrader}')`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', pretend], { cwd: ROOT });
  expect({ status, stdout: stdout.toString() }).toEqual({ status: 2, stdout: '' });
  expect(stderr.toString()).toMatch(/^Cannot run on Node 20\.20\.2 as Autotrader needs 26 or newer; .*\n$/);
});

test('the command can be started as a program', () => {
  const env = { PATH: dirname(process.execPath) };
  const door = join(ROOT, packageJson.bin.autotrader);
  expect(execFileSync(door, ['--version'], { env }).toString()).toBe(`${packageJson.version}\n`);
});
