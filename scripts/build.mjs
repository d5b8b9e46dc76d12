import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readOptions } from './cli/options.mjs';
import { installDependencies } from './setup.mjs';

const root = join(import.meta.dirname, '..');

/** Compiles packages, services and the web server, only what changed; and the page of the inbox. */
export function buildServer() {
  run('tsc', ['-b', 'tsconfig.build.json'], process.env);
  bundleTypeBox();
  buildInboxPage();
}

/** Makes one file of TypeBox, which comes as 680: these take ten times as long to load. */
function bundleTypeBox() {
  const [source, target] = ['src', 'dist'].map((folder) => join(root, 'packages/plan', folder, 'typebox'));
  const args = [`${source}.ts`, '--bundle', '--format=esm', '--legal-comments=inline', `--outfile=${target}.js`];
  run('esbuild', [...args, '--allow-overwrite', '--log-level=warning'], process.env);
}

/** Builds the page of the inbox, beside its code. An inbox that serves the same page meanwhile finds every file whole. */
export function buildInboxPage() {
  const folder = join(root, 'packages/inbox/dist/page');
  mkdirSync(dirname(folder), { recursive: true });
  const built = mkdtempSync(`${folder}-`);
  try {
    const args = ['build', 'packages/inbox/page', '--outDir', built, '--logLevel', 'warn'];
    run('vite', args, { ...process.env, NODE_ENV: 'production' });
    replaceFiles(built, folder);
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
}

/**
 * Builds the page of the app.
 * @param {string} outDir
 * @param {NodeJS.ProcessEnv} variables the `VITE_` variables that are compiled into it
 */
export function buildPage(outDir, variables) {
  run('vite', ['build', 'apps/web', '--logLevel', 'warn'], {
    ...process.env,
    ...variables,
    NODE_ENV: 'production',
    WEB_OUT_DIR: outDir,
  });
}

/** @param {string} tool @param {string[]} args @param {NodeJS.ProcessEnv} env */
function run(tool, args, env) {
  const { status } = spawnSync(join(root, 'node_modules/.bin', tool), args, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`${tool} ${args.join(' ')} failed; the messages above say why.`);
    process.exit(1);
  }
}

/**
 * Moves the files of one folder over those of another, each by a rename, and removes the files that only the other has.
 * @param {string} from @param {string} to
 */
function replaceFiles(from, to) {
  mkdirSync(to, { recursive: true });
  const built = readdirSync(from, { withFileTypes: true });
  const names = new Set(built.map(({ name }) => name));
  // Folders first: `index.html` names the assets.
  for (const entry of built.filter((each) => each.isDirectory()))
    replaceFiles(join(from, entry.name), join(to, entry.name));
  for (const entry of built.filter((each) => !each.isDirectory()))
    renameSync(join(from, entry.name), join(to, entry.name));
  for (const name of readdirSync(to)) if (!names.has(name)) rmSync(join(to, name), { recursive: true, force: true });
}

/** `tsc -b` leaves the output of deleted sources behind. */
function removeOutput() {
  rmSync(join(root, 'observability/dist'), { recursive: true, force: true });
  for (const group of ['packages', 'services', 'apps']) {
    for (const name of readdirSync(join(root, group)))
      rmSync(join(root, group, name, 'dist'), { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  // With a word only that part, and nothing is installed or removed: for the stages of the Dockerfile.
  const {
    words: [part],
  } = readOptions({
    name: 'npm run build',
    about: 'Installs what is missing, and builds packages, services and the app anew.',
    words: { name: 'part', choices: ['server', 'page'], about: 'server or page: only that, and only what has changed' },
  });
  if (part === undefined) {
    await installDependencies();
    removeOutput();
  }
  if (part !== 'page') buildServer();
  if (part !== 'server') buildPage(join(root, 'apps/web/dist/client'), process.env);
}
