import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Config, type ConfigDefinition, defineConfig } from './config.ts';

const FILE_NAMES = ['ts', 'mjs', 'js', 'json'].map((extension) => `observability.config.${extension}`);

/** A config and where it was found. */
export interface LoadedConfig extends Config {
  readonly file: string;
  /** The folder of the file, to which its paths are relative. */
  readonly root: string;
}

export interface LoadOptions {
  /** Where the search begins. Parent folders follow. */
  readonly from: string;
  /** The config file itself; nothing is searched then. */
  readonly file?: string | undefined;
}

/** Returns the path of the nearest config file, in the folder or in one above it; `undefined` when there is none. */
export function findConfig(from: string): string | undefined {
  const folder = resolve(from);
  const found = FILE_NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  const parent = dirname(folder);
  return parent === folder ? undefined : findConfig(parent);
}

/**
 * Loads the nearest config file; resolves with `undefined` when there is none.
 *
 * @throws Error that names the file when it cannot be read or is not valid.
 */
export async function loadConfig({ from, file }: LoadOptions): Promise<LoadedConfig | undefined> {
  const path = file === undefined ? findConfig(from) : resolve(from, file);
  if (path === undefined) return undefined;
  if (!existsSync(path)) throw new Error(`There is no config file ${path}. Correct --config.`);
  try {
    const content: ConfigDefinition | Config =
      extname(path) === '.json' ? JSON.parse(await readFile(path, 'utf8')) : await importDefault(path);
    return { ...(isDefined(content) ? content : defineConfig(content)), file: path, root: dirname(path) };
  } catch (cause) {
    throw new Error(`${path} cannot be used. ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

async function importDefault(path: string): Promise<ConfigDefinition | Config> {
  const { href } = pathToFileURL(path);
  try {
    return (await import(/* @vite-ignore */ href)).default;
  } catch (error) {
    if (extname(path) !== '.ts' || !isUnknownExtension(error)) throw error;
    const stop = await registerTypeScript(path);
    try {
      // Another address, because Node keeps the failure of the first.
      return (await import(/* @vite-ignore */ `${href}?typescript`)).default;
    } finally {
      await stop();
    }
  }
}

/** Whether this Node does not strip types: before 22.18, and without a loader. */
function isUnknownExtension(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_FILE_EXTENSION';
}

/** Lets this process import TypeScript through the tsx of the project; returns how to stop that. */
async function registerTypeScript(path: string): Promise<() => Promise<void>> {
  let tsx: string;
  try {
    // The CommonJS build does not find its own hooks.
    tsx = createRequire(path)
      .resolve('tsx/esm/api')
      .replace(/\.cjs$/, '.mjs');
  } catch {
    throw new Error(
      `Node.js ${process.versions.node} does not read TypeScript. Use 22.18 or newer, install tsx, or write the config as observability.config.mjs.`,
    );
  }
  const { register } = (await import(/* @vite-ignore */ pathToFileURL(tsx).href)) as TsxApi;
  return register();
}

interface TsxApi {
  readonly register: () => () => Promise<void>;
}

/** Whether it comes from `defineConfig` already. */
function isDefined(content: ConfigDefinition | Config): content is Config {
  return typeof content === 'object' && content !== null && 'loadPlan' in content;
}
