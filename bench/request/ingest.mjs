import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** Stands for Sentry: accepts every envelope, and counts its items by type, spans one by one. */
export async function startIngest() {
  const counts = {};
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      count(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body, counts);
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    dsn: `http://key@127.0.0.1:${server.address().port}/1`,
    counts,
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

function count(envelope, counts) {
  for (const line of envelope.toString().split('\n')) {
    // Item headers are the only lines that begin with a type; payloads begin otherwise, or are longer.
    const [, type] = /^\{[^{}]*"type":"([a-z_]+)"/.exec(line.slice(0, 200)) ?? [];
    if (type === undefined) continue;
    const [, items = '1'] = /"item_count":(\d+)/.exec(line.slice(0, 200)) ?? [];
    counts[type] = (counts[type] ?? 0) + Number(items);
  }
}
