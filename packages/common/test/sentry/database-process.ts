import { initializeMixpanel } from '@qr/common';
import { buildServer } from '@qr/common/server';
import { openDatabase } from '@qr/database';

// Error tracking is on by `--import @qr/common/instrument`: only then is the driver traced.
initializeMixpanel();
const app = buildServer();
const [, , migrationsFolder = '', ...urls] = process.argv;
for (const [at, url] of urls.entries()) {
  const database = await openDatabase({ url, schema: 'auth', migrationsFolder });
  app.get(`/${at}/:id`, async (request) => {
    const { id } = request.params as { id: string };
    await database.pool.query('select $1::text as id', [id]);
    // Drizzle's own way, in which the values are part of the text.
    return (await database.db.execute(`select '${id}' as id`)).rows;
  });
  app.addHook('onClose', async () => database.close());
}
console.log(await app.listen({ port: 0 }));
