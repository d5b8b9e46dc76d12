// qr-service, Mixpanel, analytics-service and Sentry in one process beside the load, each with as little work as its protocol allows.
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { startIngest } from '../request/ingest.mjs';

const INSERT_ID = /"\$insert_id":"([^"]+)"/g;

/** Counts events by their ids, so that a copy is none. */
async function startImport() {
  const ids = new Set();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body).toString() : body.toString();
      // As the vendor counts: a copy is imported as well.
      let imported = 0;
      for (const [, id] of text.matchAll(INSERT_ID)) {
        imported++;
        if (request.url.startsWith('/import')) ids.add(id);
      }
      const answer = JSON.stringify({ code: 200, num_records_imported: imported, status: 'OK' });
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
    });
  });
  return { url: await listen(server), count: () => ids.size };
}

async function startQrService() {
  const server = createServer((request, response) => {
    const id = request.url.split('/').at(-1);
    const code = { id, ownerId: 'owner-1', destinationUrl: `https://example.com/menu/${id}`, status: 'active' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(code));
  });
  return listen(server);
}

async function listen(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

const [mixpanel, analytics, sentry, qrUrl] = await Promise.all([
  startImport(),
  startImport(),
  startIngest(),
  startQrService(),
]);
process.on('message', () => {
  process.send({ mixpanel: mixpanel.count(), analytics: analytics.count(), spans: sentry.counts.span ?? 0 });
});
process.on('disconnect', () => process.exit());
process.send({ qrUrl, mixpanelUrl: mixpanel.url, analyticsUrl: analytics.url, dsn: sentry.dsn });
