import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { startInbox } from '@qr/inbox';
import { expect, it, onTestFinished } from 'vitest';
import { createHttpClient } from '../../src/delivery/transports/http-client.ts';
import { setEnv } from '../start-observed.ts';

/** A proxy that opens a way to any host, as one at the edge of a company's network does. */
async function startProxy() {
  const opened: string[] = [];
  const server = createServer();
  server.on('connect', (request, client, head) => {
    opened.push(String(request.url));
    const [host = '', port] = String(request.url).split(':');
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      target.pipe(client).pipe(target);
    });
    client.on('error', () => target.destroy());
    target.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, opened };
}

it.each([
  ['goes through the proxy that the environment names', undefined, 1],
  ['goes around it to a host that the environment excepts', '127.0.0.1', 0],
])('what is sent %s', async (_what, exceptions, proxied) => {
  const [proxy, inbox] = await Promise.all([startProxy(), startInbox()]);
  onTestFinished(setEnv({ HTTP_PROXY: proxy.url, NO_PROXY: exceptions, http_proxy: undefined, no_proxy: undefined }));
  const client = createHttpClient({ origin: inbox.url });
  const reply = await client.postText('/engage?verbose=1', {}, '[]');
  expect(reply).toMatchObject({ status: 200 });
  expect(proxy.opened).toHaveLength(proxied);
  await client.close();
  await inbox.close();
});
