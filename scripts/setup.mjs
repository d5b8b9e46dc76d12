import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');

/** Installs the dependencies unless they are there and as new as the lockfile. */
export function installDependencies() {
  checkNodeVersion();
  const installed = join(root, 'node_modules/.package-lock.json');
  const isCurrent =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
  if (isCurrent) return;
  console.log('Installing dependencies (once, about half a minute) ...');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) fail('The dependencies could not be installed. The messages above say why.');
}

function checkNodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Node.js 20.19 or newer is needed, this is ${process.versions.node}.`);
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  installDependencies();
  if (process.argv.includes('--browser')) {
    const { findOrInstallChromium } = await import('./chromium.mjs');
    const path = findOrInstallChromium();
    if (!path) {
      console.warn('No Chromium was found and none could be installed: the browser tests will be skipped.');
      console.warn('Install one (Debian: apt-get install chromium), or set CHROMIUM_PATH.');
    }
  }
}
