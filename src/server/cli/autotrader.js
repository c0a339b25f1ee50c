#!/usr/bin/env node
// Plain JavaScript for any Node there is: an older one cannot even load main.ts, so it has to be told here.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = 26;

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  // The types of a file are stripped once and not at every start: what was compiled is kept beside the packages.
  module.enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/autotrader', import.meta.url)));
  await import('./main.ts');
} else {
  console.error(
    `Cannot run on Node ${process.versions.node} as Autotrader needs ${NEEDED} or newer; "npm ci" in its folder brings ` +
      'it, and "npx autotrader" there runs on it',
  );
  process.exitCode = 2;
}
