import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';

/**
 * A folder of static files. With `output: 'export'` the dist folder is where the export lands: a folder of its own, that
 * src/server/web-build.ts renames to `out` when it is whole, so that a build that is killed never serves half.
 */
const config: NextConfig = {
  output: 'export',
  distDir: '.next/export-whole',
  images: { unoptimized: true },
  turbopack: { root: fileURLToPath(new URL('../..', import.meta.url)) },
  /** `npm run types` checks them; the build does not do it again. */
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
};

export default config;
