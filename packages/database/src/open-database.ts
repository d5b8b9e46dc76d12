import { DrizzleQueryError } from 'drizzle-orm/errors';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import {
  type ConnectionPool,
  createConnectionPool,
  isPglite,
  serverAddress,
  serverVersion,
  within,
} from './connection.ts';
import { assertMigrated, migrateUnderLock } from './migrations.ts';

export interface OpenDatabaseOptions {
  /** Connection string, `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** The service's own schema. */
  readonly schema: string;
  readonly migrationsFolder: string;
  /** @default 10 */
  readonly maxConnections?: number;
  /**
   * Longest wait for the server to come up, and later for a free connection.
   *
   * @default 10_000
   */
  readonly connectTimeoutMs?: number;
}

export interface Database {
  readonly db: NodePgDatabase;
  readonly pool: pg.Pool;
  /** True on PGlite, where all connections share one session. */
  readonly isEmbedded: boolean;
  /** Whether the server answers within `timeoutMs` (default 1000); never throws. */
  ping(timeoutMs?: number): Promise<boolean>;
  /** Waits up to `timeoutMs` (default 5000) for connections in use, then cuts them off. Safe to call again. */
  close(timeoutMs?: number): Promise<void>;
}

/**
 * Connects, and makes sure the schema is up to date: on PostgreSQL by migrating it, on the embedded database by
 * checking that its owner did.
 *
 * @throws if the server cannot be reached in time, or the schema is not up to date.
 */
export async function openDatabase({
  url,
  schema,
  migrationsFolder: folder,
  maxConnections = 10,
  connectTimeoutMs = 10_000,
}: OpenDatabaseOptions): Promise<Database> {
  const address = serverAddress(url);
  const connections = createConnectionPool({ url, maxConnections, connectTimeoutMs, applicationName: schema });
  const { pool } = connections;
  try {
    const isEmbedded = isPglite(await serverVersion(pool, { address, timeoutMs: connectTimeoutMs }));
    if (isEmbedded) await assertMigrated(pool, { schema, folder });
    else await migrateUnderLock(pool, { schema, folder });
    return createDatabase(connections, isEmbedded);
  } catch (error) {
    await connections.close();
    throw error;
  }
}

function createDatabase({ pool, close }: ConnectionPool, isEmbedded: boolean): Database {
  return {
    db: drizzle(pool),
    pool,
    isEmbedded,
    close,
    ping: async (timeoutMs = 1_000) => {
      // The query's own limit frees its connection when the server hangs; the outer one covers the wait for it.
      const query = { text: 'select 1', query_timeout: timeoutMs };
      return within(pool.query(query), timeoutMs).then(
        () => true,
        () => false,
      );
    },
  };
}

type Queries = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/**
 * The same queries, with errors that do not quote the values of the query: what people typed must reach neither logs nor error reports, and
 * the query builder puts all of it into its message.
 */
export function withoutValues<Q extends Queries>(queries: Q): Q {
  const entries = Object.entries(queries).map(([name, query]) => [
    name,
    async (...args: never[]) => {
      try {
        return await query(...args);
      } catch (error) {
        if (!(error instanceof DrizzleQueryError)) throw error;
        throw new Error(`Failed query: ${error.query}`, { cause: error.cause });
      }
    },
  ]);
  return Object.fromEntries(entries) as Q;
}

/** Returns the first row that a query finds; `undefined` when there is none. */
export async function firstRow<Row>(query: PromiseLike<readonly Row[]>): Promise<Row | undefined> {
  return (await query)[0];
}
