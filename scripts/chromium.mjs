import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium that the browser tests use: `CHROMIUM_PATH`, the system's, or playwright-core's own download. */
export function findChromium() {
  const candidates = [process.env['CHROMIUM_PATH'], ...SYSTEM_PATHS, playwrightPath()];
  return candidates.find((path) => path && existsSync(path));
}

/** {@link findChromium}; where there is none, the Debian package (as root) or playwright-core's download is tried once. */
export function findOrInstallChromium() {
  const found = findChromium();
  if (found) return found;
  console.log('Looking for a Chromium to install (once, for the browser tests) ...');
  const isRoot = process.getuid?.() === 0;
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    run('apt-get', ['update', '-q']);
    run('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium']);
  } else {
    run(process.execPath, [
      join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js'),
      'install',
      'chromium',
    ]);
  }
  return findChromium();
}

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status } = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) console.warn(`${command} ${args.join(' ')} did not succeed.`);
}

function playwrightPath() {
  try {
    return createRequire(import.meta.url)('playwright-core').chromium.executablePath();
  } catch {
    // Not installed yet, or no build of it for this system.
    return undefined;
  }
}
