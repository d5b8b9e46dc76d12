import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

// Runs tests under other versions of Node: test-node.mjs <major>[,<major>...] [--quick | arguments of vitest]
// The binary comes from the package `node-<platform>-<arch>` of the npm registry, into .data/node.

const root = join(import.meta.dirname, '..');
/** The packages; browsers and the whole platform run under the version that started them. */
const PROJECTS = ['plan', 'delivery', 'events', 'alerts', 'telemetry', 'common', 'browser', 'inbox', 'ops', 'database'];
/** What depends most on Node itself, and takes seconds: asynchronous contexts, files, HTTP, the SDKs. */
const QUICK = [
  ...['packages/plan', 'packages/telemetry', 'packages/delivery/test/pipeline', 'packages/delivery/test/http-client'],
  ...[
    'packages/delivery/test/profile-order',
    'packages/common/test/sentry/requests',
    'packages/common/test/sentry/logs',
  ],
  ...['packages/common/test/sentry/isolation', 'packages/common/test/mixpanel'],
  ...['packages/common/test/sentry/request-context', 'packages/common/test/import', 'packages/browser/test/eager'],
];

const [versions = '', ...rest] = process.argv.slice(2);
if (!/^\d+(,\d+)*$/.test(versions)) {
  console.error('Say which version of Node, such as: npm run test:node -- 24');
  process.exit(2);
}
const projects = PROJECTS.flatMap((project) => ['--project', project]);
const args = rest.length === 0 ? projects : rest.flatMap((arg) => (arg === '--quick' ? QUICK : [arg]));
const failed = versions.split(',').filter((version) => run(version) !== 0);
if (failed.length > 0) console.error(`Tests failed under Node ${failed.join(' and ')}.`);
process.exit(failed.length > 0 ? 1 : 0);

/** @param {string} version */
function run(version) {
  const node = binaryOf(version);
  console.log(`\nNode ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` };
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  return spawnSync(node, [vitest, 'run', ...args], { cwd: root, env, stdio: 'inherit' }).status ?? 1;
}

/** @param {string} version @returns {string} its path */
function binaryOf(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(root, '.data/node', version);
  const binary = join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  const options = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  execFileSync('npm', ['install', ...options, `${name}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  return binary;
}
