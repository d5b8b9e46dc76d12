export type { SchemaMigrations } from './migrations.ts';
export { type Database, firstRow, type OpenDatabaseOptions, openDatabase, withoutValues } from './open-database.ts';
