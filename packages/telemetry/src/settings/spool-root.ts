import { join } from 'node:path';
import type { ObservabilityConfig } from './config.ts';

/** Errors, and what pages left behind, have a spool of their own within that of their process. */
export const ERRORS_FOLDER = 'errors';
export const PAGES_FOLDER = 'pages';

/** The folder in which this process keeps what is not delivered yet. `undefined` in tests without a folder of their own: they leave nothing behind. */
export function spoolRootOf(
  { OBSERVABILITY_SPOOL_DIR: folder, NODE_ENV }: ObservabilityConfig,
  service: string | undefined,
): string | undefined {
  if (folder) return folder;
  return NODE_ENV === 'test' ? undefined : join('.data/spool', service ?? 'service');
}
