import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

interface ConnectionPoolOptions {
  readonly url: string;
  readonly maxConnections: number;
  /** Longest wait for a free connection, and for the server to accept a new one. */
  readonly connectTimeoutMs: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
}

export interface ConnectionPool {
  readonly pool: pg.Pool;
  /** Waits for the queries under way, then cuts off the connections that are still checked out. */
  close(timeoutMs?: number): Promise<void>;
}

export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    application_name: options.applicationName,
  });
  const open = new Set<pg.PoolClient>();

  // A connection that breaks is dropped by the pool, and the query on it rejects. The same failure is also
  // emitted as 'error', by the pool when idle and by the client when checked out; unheard, it ends the process.
  pool.on('error', ignoreReportedFailure);
  pool.on('connect', (client) => {
    client.on('error', ignoreReportedFailure);
    open.add(client);
  });
  pool.on('remove', (client) => open.delete(client));

  let closing: Promise<void> | undefined;
  return {
    pool,
    close: (timeoutMs = 5_000) => {
      closing ??= endPool(pool, open, timeoutMs);
      return closing;
    },
  };
}

async function endPool(pool: pg.Pool, open: ReadonlySet<pg.PoolClient>, timeoutMs: number): Promise<void> {
  try {
    await within(pool.end(), timeoutMs);
  } catch {
    // pool.end() never settles while a caller keeps a connection.
    for (const client of open) if (client instanceof pg.Client) void client.end().catch(ignoreReportedFailure);
  }
}

function ignoreReportedFailure(): void {}

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

interface ServerVersionOptions {
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

/**
 * The `host:port` of a connection string, which is all that may be shown of it.
 *
 * @throws if the text is no `postgres://` URL; the message leaves the text out, as it may hold a password.
 */
export function serverAddress(url: string): string {
  // Not `new URL` alone: its error carries the input.
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error('DATABASE_URL must be of the form postgres://user:password@host:port/database.');
  }
  const { hostname, port } = new URL(url);
  return `${decodeURIComponent(hostname) || 'localhost'}:${port || '5432'}`;
}

/** Resolves as `work` does, or rejects after `timeoutMs`; the work itself goes on. */
export async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
