export type { SchemaMigrations } from './migrations.ts';
export { type Database, type OpenDatabaseOptions, openDatabase, withoutValues } from './open-database.ts';
