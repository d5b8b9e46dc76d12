import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { within } from './deadline.ts';

const RETRY_INTERVAL_MS = 100;

/** Failures of a server that is not up *yet*; all others (password, missing database, no TLS) are final. */
const STARTING_UP = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  '53300', // too_many_connections
  '57P01', // admin_shutdown
  '57P03', // cannot_connect_now
]);

export interface ServerVersionOptions {
  readonly address: string;
  readonly timeoutMs: number;
}

/**
 * Asks the server for its version, again and again while it comes up.
 *
 * @throws once `timeoutMs` has passed, or at once if trying again cannot help.
 */
export async function serverVersion(pool: pg.Pool, { address, timeoutMs }: ServerVersionOptions): Promise<string> {
  const deadlineMs = performance.now() + timeoutMs;
  const remainingMs = (): number => deadlineMs - performance.now();
  for (;;) {
    try {
      const { rows } = await within(pool.query<{ version: string }>('select version() as version'), remainingMs());
      return rows[0]?.version ?? '';
    } catch (error) {
      // With no time for another attempt, this one's reason is the one to report.
      const isOver = remainingMs() < RETRY_INTERVAL_MS;
      if (isOver || !isStartingUp(error)) {
        const limit = isOver ? ` within ${timeoutMs} ms` : '';
        throw new Error(
          `Could not connect to the database at ${address}${limit}: ${reason(error)}. ` +
            'Check that the server runs there and that DATABASE_URL names the right host, user and database.',
          { cause: error },
        );
      }
    }
    await wait(RETRY_INTERVAL_MS);
  }
}

/** Whether a server of this version is PGlite, in which all connections share one session. */
export function isPglite(version: string): boolean {
  return /pglite/i.test(version);
}

function isStartingUp(error: unknown): boolean {
  return (
    STARTING_UP.has(codeOf(error)) || (error instanceof Error && error.message.startsWith('Connection terminated'))
  );
}

function reason(error: unknown): string {
  // A host with several addresses fails with an AggregateError, which has a code and no message.
  return error instanceof Error && error.message !== '' ? error.message.replace(/\.$/, '') : codeOf(error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
