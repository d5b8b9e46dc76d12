import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { findChromium } from '../scripts/chromium.mjs';

const executablePath = findChromium();

/** Whether browser tests can run; says loudly when not, and fails in CI. */
export function isBrowserAvailable(): boolean {
  if (executablePath) return true;
  const message =
    'No Chromium: the browser tests are SKIPPED. `npm run setup -- --browser` installs one, or set CHROMIUM_PATH.';
  if (process.env['CI']) throw new Error(message);
  console.warn(message);
  return false;
}

const options = {
  ...(executablePath && { executablePath }),
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-dev-shm-usage',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
  ],
};

/** A browser that reaches this machine only, for contexts of the test's own. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch(options);
}

/** The same with a fresh profile, which is its one context. */
export async function openBrowser(): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), 'qr-observability-browser-'));
  const context = await chromium.launchPersistentContext(profile, options);
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
