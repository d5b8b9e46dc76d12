import { PGlite } from '@electric-sql/pglite';

// The process of `initialiseFolder`: makes the files of a new database, and ends.
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('expected the folder of the database as the argument');
const database = new PGlite(folder);
await database.waitReady;
await database.close();
