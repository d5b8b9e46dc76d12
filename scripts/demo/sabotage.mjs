import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

/**
 * Stands between the services and the inbox and lets every fifth batch of events disappear, with an answer of success:
 * proof that the demo notices a loss.
 * @param {number} inboxPort
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export function startLossyProxy(inboxPort) {
  let batches = 0;
  const server = createServer(async (request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.url?.startsWith('/import') && ++batches % 5 === 1) {
      const body = Buffer.concat(chunks);
      const records = JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString());
      response.end(JSON.stringify({ code: 200, num_records_imported: records.length, status: 'OK' }));
      return;
    }
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const answer = await fetch(`http://127.0.0.1:${inboxPort}${request.url}`, {
      method: request.method ?? 'POST',
      headers: /** @type {Record<string, string>} */ (headers),
      body: Buffer.concat(chunks),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      });
    });
  });
}

/**
 * Sends the inbox a profile with an address of the scenario, encoded: proof that the demo notices a leak.
 * @param {number} inboxPort @param {import('./received.mjs').RawRequest[]} requests @param {string} secret
 */
export async function leak(inboxPort, requests, secret) {
  const known = requests.find(({ url }) => url.startsWith('/engage'));
  const [{ $distinct_id, $token }] = JSON.parse(known?.body.toString() ?? '[]');
  const update = [{ $token, $distinct_id, $set: { note: Buffer.from(`address: ${secret}`).toString('base64') } }];
  await fetch(`http://127.0.0.1:${inboxPort}/engage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(update),
  });
}
