import pg from 'pg';
import { within } from './deadline.ts';

export interface ConnectionPoolOptions {
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
