export { copyTemplate } from './template.ts';
export type { OpenTestDatabaseOptions, TestDatabase, TestDatabaseKind } from './test-database.ts';
export { openTestDatabase } from './test-database.ts';
export { postgresAvailable } from './test-server.ts';
