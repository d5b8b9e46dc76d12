import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
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

/** A browser with a fresh profile that reaches this machine only. */
export async function openBrowser(): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), 'qr-observability-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
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
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
