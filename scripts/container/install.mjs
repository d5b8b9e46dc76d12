import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../..');

/** A service must not need more; what weighs most is in docs/containers.md. */
export const MOST_MB = 130;

/** No program reads them: maps of code that others have compiled, and types. */
const NOT_NEEDED = /\.(map|d\.[cm]?ts)$/;

/**
 * The command line of a vendor, for uploads by bundlers. `@sentry/node` brings it for its plugins, which no service loads; its licence (FSL) is none
 * that an image should carry along.
 */
const NOT_LOADED = ['sentry'];

/**
 * Installs into an empty folder what workspaces need to run: nothing for development, and nothing that only others need.
 * @param {readonly string[]} folders of the workspaces, such as services/routing-service
 * @param {string} target
 * @returns {{ installedMb: number, keptMb: number }} megabytes that npm installed, and without what nothing reads
 */
export function installForProduction(folders, target) {
  const needed = neededBy(root, ...folders);
  const all = workspacesOf(root);
  for (const name of ['package-lock.json', '.npmrc']) cpSync(join(root, name), join(target, name));
  for (const path of ['.', ...all.map((workspace) => workspace.folder)]) {
    // npm would follow development dependencies, and install those that something else needs in production.
    const { devDependencies: _, ...manifest } = readJson(join(root, path, 'package.json'));
    mkdirSync(join(target, path), { recursive: true });
    writeFileSync(join(target, path, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  }
  const named = folders.flatMap((folder) => ['-w', folder]);
  const args = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', ...named, '--include-workspace-root=false'];
  const { status, stderr } = spawnSync('npm', args, { cwd: target, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${stderr}`);
  for (const { folder: path } of all)
    if (!needed.some((workspace) => workspace.folder === path)) rmSync(join(target, path), { recursive: true });
  const modules = join(target, 'node_modules');
  const installedMb = megabytesOf(modules);
  trimModules(modules);
  return { installedMb, keptMb: megabytesOf(modules) };
}

/**
 * @typedef {object} Workspace
 * @property {string} folder relative to the root
 * @property {{ name: string, dependencies?: Record<string, string>, devDependencies?: Record<string, string> }} manifest
 */

/** The workspaces of the root's package.json. @param {string} root @returns {Workspace[]} */
export function workspacesOf(root) {
  /** @type {{ workspaces: string[] }} */
  const { workspaces } = readJson(join(root, 'package.json'));
  return workspaces
    .flatMap((pattern) => {
      if (!pattern.endsWith('/*')) return [pattern];
      const group = pattern.slice(0, -2);
      return readdirSync(join(root, group)).map((name) => `${group}/${name}`);
    })
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readJson(join(root, folder, 'package.json')) }));
}

/** Workspaces and those that they need to run. @param {string} root @param {readonly string[]} folders @returns {Workspace[]} */
export function neededBy(root, ...folders) {
  const all = workspacesOf(root);
  const needed = folders.map((folder) => {
    const named = all.find((workspace) => workspace.folder === folder);
    if (named) return named;
    const known = all.map((workspace) => workspace.folder).join(', ');
    throw new Error(`"${folder}" is not a workspace. Expected one of ${known}.`);
  });
  // The list grows while it is read.
  for (const { manifest } of needed) {
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      const found = all.find((workspace) => workspace.manifest.name === name);
      if (found && !needed.includes(found)) needed.push(found);
    }
  }
  return needed;
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** @param {string} modules */
function trimModules(modules) {
  for (const name of NOT_LOADED) rmSync(join(modules, name), { recursive: true, force: true });
  for (const file of filesIn(modules)) if (NOT_NEEDED.test(file)) rmSync(file);
}

/** On disk, as `du` counts. @param {string} folder */
function megabytesOf(folder) {
  const bytes = filesIn(folder).reduce((sum, file) => sum + statSync(file).blocks * 512, 0);
  return Math.ceil(bytes / 1e6);
}

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folders = process.argv.slice(2);
  const target = folders.pop();
  if (folders.length === 0 || !target) {
    console.error('Usage: node scripts/container/install.mjs <workspace folder> ... <empty folder>');
    process.exit(2);
  }
  try {
    const { keptMb } = installForProduction(folders, resolve(target));
    console.log(`${folders.join(' and ')}: ${keptMb} MB of dependencies`);
    if (keptMb > MOST_MB)
      throw new Error(`At most ${MOST_MB} MB were expected. docs/containers.md says what weighs most.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
