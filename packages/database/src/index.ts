export type { SchemaMigrations } from './migrations.ts';
export type { Database, OpenDatabaseOptions } from './open-database.ts';
export { openDatabase } from './open-database.ts';
export { withoutValues } from './query-errors.ts';
