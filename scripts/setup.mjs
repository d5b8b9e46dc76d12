import './cli/node-version.mjs';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readOptions } from './cli/options.mjs';
import { runTool } from './cli/run-tool.mjs';
import { createSteps } from './cli/terminal.mjs';

const root = join(import.meta.dirname, '..');

/**
 * Installs the dependencies unless they are there and as new as the lockfile.
 * @param {import('./cli/terminal.mjs').Steps} [steps]
 * @param {AbortSignal} [signal]
 * @throws Error with what npm printed
 */
export async function installDependencies(steps, signal) {
  const installed = join(root, 'node_modules/.package-lock.json');
  const isCurrent =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
  if (isCurrent) return steps?.run('install', async () => {}, 'up to date');
  await (steps ?? createSteps()).run('install', () =>
    runTool('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, signal }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { has } = readOptions({
    name: 'npm run setup',
    about: 'Installs the dependencies, unless they are there and as new as the lockfile.',
    options: {
      browser: { about: 'also look for a Chromium for the browser tests, and install one where there is none' },
    },
  });
  try {
    await installDependencies();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  if (has('browser')) {
    const { findOrInstallChromium } = await import('./chromium.mjs');
    const path = findOrInstallChromium();
    if (!path) {
      console.warn('No Chromium was found and none could be installed: the browser tests will be skipped.');
      console.warn('Install one (Debian: apt-get install chromium), or set CHROMIUM_PATH.');
    }
  }
}
