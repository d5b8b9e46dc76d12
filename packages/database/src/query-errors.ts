import { DrizzleQueryError } from 'drizzle-orm/errors';

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
