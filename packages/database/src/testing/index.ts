export { copyTemplate } from './template.ts';
export type { OpenTestDatabaseOptions, TestDatabase, TestDatabaseKind } from './test-database.ts';
export { openTestDatabase } from './test-database.ts';
export { createScratchDatabase, postgresAvailable, type ScratchDatabase } from './test-server.ts';
