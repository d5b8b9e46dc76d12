import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Check, failed, ok, skipped } from '../check.ts';

/** The packages that hold the state of the SDK, or must be of its version. */
const PACKAGES = ['core', 'node', 'profiling-node', 'react'];
/** The folders of the workspaces; each may have packages of its own. */
const WORKSPACES = ['packages', 'services', 'apps'];

/** How many copies of the Sentry SDK are installed: with two, one half is set up and the other half is asked. */
export const sdkCopies: Check = {
  name: 'sdk-copies',
  about: 'the Sentry SDK is installed once, in one version',
  needs: [],
  isOffline: true,
  async run({ root }) {
    const copies = (await Promise.all((await moduleFolders(root)).map(copiesIn))).flat();
    const cores = copies.filter(({ name }) => name === 'core');
    const [core] = cores;
    if (core === undefined)
      return skipped(
        `No @sentry/core is installed below ${root}: where services are built into one file, there is nothing to count.`,
      );
    const strangers = copies.filter(({ version }) => version !== core.version);
    if (cores.length === 1 && strangers.length === 0)
      return ok(`One copy, ${core.version}, and everything of Sentry is of that version.`);
    const told = cores.length > 1 ? [...new Set([...cores, ...strangers])] : [core, ...strangers];
    const list = told.map(({ name, version, path }) => `@sentry/${name} ${version} in ${relative(root, path)}`);
    return failed(
      `${cores.length > 1 ? `${cores.length} copies of the Sentry SDK are` : 'Two versions of the Sentry SDK are'} installed: what is set up in one does not happen in the other. ${list.join('; ')}.`,
      'Pin every @sentry package to exactly one version, then `rm -rf node_modules && npm install`; `npm ls @sentry/core` says who asks for the other.',
    );
  },
};

interface Copy {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

/** All `node_modules` of the workspaces and of the packages in them, at any depth. */
async function moduleFolders(root: string): Promise<readonly string[]> {
  const workspaces = await Promise.all(WORKSPACES.map((name) => foldersIn(join(root, name))));
  const found: string[] = [];
  const left = [root, ...workspaces.flat()].map((path) => join(path, 'node_modules'));
  for (let folder = left.shift(); folder !== undefined; folder = left.shift()) {
    const packages = await packagesIn(folder);
    if (packages.length === 0) continue;
    found.push(folder);
    left.push(...packages.map((path) => join(path, 'node_modules')));
  }
  return found;
}

async function packagesIn(folder: string): Promise<readonly string[]> {
  const entries = await foldersIn(folder);
  const scoped = entries.filter((path) => path.startsWith(join(folder, '@')));
  const inScopes = await Promise.all(scoped.map(foldersIn));
  return [...entries.filter((path) => !scoped.includes(path)), ...inScopes.flat()];
}

/** Links are left out: those of the workspaces lead back to where we are. */
async function foldersIn(path: string): Promise<readonly string[]> {
  const entries: readonly Dirent[] = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
}

async function copiesIn(folder: string): Promise<readonly Copy[]> {
  const copies = await Promise.all(
    PACKAGES.map(async (name) => {
      const path = join(folder, '@sentry', name);
      const version = await versionOf(path);
      return version === undefined ? [] : [{ name, version, path }];
    }),
  );
  return copies.flat();
}

async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { version } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
