import { existsSync, statSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installDependencies } from '../setup.mjs';

/** @typedef {typeof import('../../observability.config.ts').default} PlatformConfig */

const root = join(import.meta.dirname, '../..');
const source = join(root, 'observability.config.ts');

/** The config as `npm run build` compiles it, which starts faster than the source and needs no TypeScript. */
export const compiledConfig = join(root, 'observability/dist/observability.config.js');

/** The platform's services and ports. */
export const config = await readConfig();

/** Reads the compiled config when it is as new as its source. @returns {Promise<PlatformConfig>} */
async function readConfig() {
  // In a fresh checkout nothing could be imported.
  if (!existsSync(join(root, 'node_modules'))) await installDependencies();
  const isCompiled = existsSync(compiledConfig) && statSync(compiledConfig).mtimeMs >= statSync(source).mtimeMs;
  if (!isCompiled) await readSources();
  return (await import(pathToFileURL(isCompiled ? compiledConfig : source).href)).default;
}

/** Lets this process import the packages from source. */
async function readSources() {
  const tsx = await import('tsx/esm/api');
  tsx.register();
  register(
    `data:text/javascript,${encodeURIComponent(
      "export const resolve = (name, context, next) => next(name, { ...context, conditions: [...context.conditions, '@qr/source'] });",
    )}`,
  );
}
