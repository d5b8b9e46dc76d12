import { cpSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where the files of an empty database are kept: gone with the dependencies, and another folder for another PGlite. */
export function templateFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const packageFolder = join(dirname(entry), '..');
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return join(packageFolder, '../../.cache/qr-database', version);
}

/**
 * Fills a folder for the embedded database with files of an empty one: making them takes seconds of processor time.
 * Without a template nothing is copied, and the first start makes them.
 */
export function copyTemplate(folder: string): void {
  const template = templateFolder();
  // At once: a thousand small files one by one through the thread pool take twice the processor time.
  if (existsSync(template)) cpSync(template, folder, { recursive: true });
}
