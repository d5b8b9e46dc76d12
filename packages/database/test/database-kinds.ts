import { postgresAvailable, type TestDatabaseKind } from '../src/testing/index.ts';

/** What a contract suite runs against: always PGlite, and PostgreSQL where there is one. */
export const DATABASE_KINDS: readonly TestDatabaseKind[] = (await postgresAvailable())
  ? ['embedded', 'postgres']
  : ['embedded'];
