import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, defineConfig, findConfig, loadConfig } from '@qr/alerts/config';
import { CommandError } from './command.ts';

/** The platform that a command line is about. */
export interface FoundPlatform {
  /** The command line without `--root` and `--config`. */
  readonly args: readonly string[];
  readonly root: string;
  readonly config: () => Promise<Config>;
}

/**
 * Finds the platform by `--config` or `--root`, else from the working directory upwards. The config is loaded once, when a command asks for it: help
 * must not depend on it. Without a config file there are no services and no plan.
 *
 * @throws CommandError when one of the options has no value.
 */
export function findPlatform(given: readonly string[], cwd: string): FoundPlatform {
  const { tokens } = parseArgs({
    args: [...given],
    options: { root: { type: 'string' }, config: { type: 'string' } },
    strict: false,
    tokens: true,
  });
  const taken = new Set<number>();
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option' || (token.name !== 'root' && token.name !== 'config')) continue;
    if (!token.value) throw new CommandError(`--${token.name} needs a value: --${token.name} <path>.`);
    values.set(token.name, resolve(cwd, token.value));
    taken.add(token.index);
    if (!token.inlineValue) taken.add(token.index + 1);
  }
  const from = values.get('root') ?? cwd;
  const file = values.get('config') ?? findConfig(from);
  let loading: Promise<Config> | undefined;
  return {
    args: given.filter((_, index) => !taken.has(index)),
    root: values.get('root') ?? (file === undefined ? cwd : dirname(file)),
    config: () => {
      loading ??= loadConfig({ from, file }).then((config) => config ?? defineConfig({}), refuse);
      return loading;
    },
  };
}

function refuse(error: unknown): never {
  throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
}
