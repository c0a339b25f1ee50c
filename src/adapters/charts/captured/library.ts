import type { BrowserType } from 'playwright-core';

/** Playwright, which is loaded here and at no other place, when a picture is wanted: it takes a while and 14 MB on disk. */
export async function loadChromium(): Promise<BrowserType> {
  const { chromium } = await import('playwright-core');
  return chromium;
}
