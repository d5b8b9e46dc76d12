export { copyTemplate } from './template.ts';
export {
  createScratchDatabase,
  type OpenTestDatabaseOptions,
  openTestDatabase,
  postgresAvailable,
  type ScratchDatabase,
  type TestDatabase,
  type TestDatabaseKind,
} from './test-database.ts';
