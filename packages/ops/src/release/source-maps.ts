import { readdir } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { CommandError } from '../cli/command-error.ts';

/**
 * Checks that folders hold source maps that can be uploaded from here.
 *
 * @returns the folders, from the root where they are inside it.
 * @throws CommandError for a folder without source maps, and for the built page: its build uploads its own.
 */
export async function checkSourceMaps(root: string, folders: readonly string[]): Promise<string[]> {
  return Promise.all(
    folders.map(async (folder) => {
      const path = resolve(root, folder);
      const files = await readdir(path, { recursive: true }).catch((cause: unknown) => {
        throw new CommandError(`--source-maps: ${path} cannot be read. Build first, or name another folder.`, {
          cause,
        });
      });
      // Debug ids are written into the scripts; the compressed copies would go on being served without.
      if (files.some((file) => /\.js\.(br|gz)$/.test(file)))
        throw new CommandError(
          `--source-maps: ${path} is a built page with compressed copies. Its build uploads its source maps itself: run it with SENTRY_AUTH_TOKEN, SENTRY_ORG and SENTRY_PROJECT set.`,
        );
      if (!files.some((file) => file.endsWith('.js.map')))
        throw new CommandError(
          `--source-maps: there are no source maps (.js.map) in ${path}. Build first, or name another folder.`,
        );
      const inside = relative(root, path);
      return inside.startsWith('..') ? path : inside || '.';
    }),
  );
}
