import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

const script = join(import.meta.dirname, '../container/health-check.mjs');
const asked: (string | undefined)[] = [];
let status = 200;
const server = createServer((request, response) => {
  asked.push(request.url);
  response.writeHead(status).end('{}');
});
afterEach(() => void server.close());

async function check(port: number): Promise<{ exitCode: number | null; said: string }> {
  const child = execFile(process.execPath, [script], { env: { ...process.env, PORT: String(port) } });
  let said = '';
  child.stdout?.on('data', (text: string) => {
    said += text;
  });
  await once(child, 'close');
  return { exitCode: child.exitCode, said: said.trim() };
}

it('a process that answers is healthy, one that answers with an error or not at all is not', async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/health/live`;

  expect(await check(port)).toEqual({ exitCode: 0, said: `${url} answers 200` });
  status = 503;
  expect(await check(port)).toEqual({ exitCode: 1, said: `${url} answers 503` });
  expect(asked).toEqual(['/health/live', '/health/live']);
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  const { exitCode, said } = await check(port);
  expect({ exitCode, said }).toEqual({ exitCode: 1, said: expect.stringContaining(`${url} does not answer: Error: `) });
});
