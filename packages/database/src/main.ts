import closeWithGrace from 'close-with-grace';
import { startEmbeddedDatabase } from './embedded/embedded-database.ts';
import { readEnvironment } from './embedded/environment.ts';

/** The embedded database as a process of its own: the other processes connect to it. */
async function main(): Promise<void> {
  const starting = startEmbeddedDatabase({ ...readEnvironment(process.env), isolateFirstStart: true });
  // Before it is ready, so that an early signal also leaves a whole folder behind.
  const grace = closeWithGrace({ logger: false }, async ({ err }) => {
    if (err) console.error(`The embedded database failed: ${err.message}`);
    const database = await starting;
    await database.close();
  });
  try {
    const { port } = await starting;
    console.log(`Embedded database ready at 127.0.0.1:${port}`);
  } catch (error) {
    grace.uninstall();
    throw error;
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
