import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { closeObservability, flushObservability, initializeSentry, Sentry } from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

it('spans leave over connections that are kept, and ended when error tracking closes', async () => {
  const bodies: string[] = [];
  let opened = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      bodies.push(body);
      response.end('{}');
    });
  });
  server.on('connection', () => opened++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const connections = () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  const dsn = `http://key@127.0.0.1:${(server.address() as AddressInfo).port}/1`;
  onTestFinished(setEnv({ NODE_ENV: 'test', SENTRY_TRACES_SAMPLE_RATE: '1' }));
  initializeSentry('test-service', dsn);

  for (const name of ['first', 'second']) {
    Sentry.startSpan({ name }, () => {});
    await flushObservability();
  }
  expect(bodies.filter((body) => body.includes('"type":"span"'))).toHaveLength(2);
  expect(opened).toBeGreaterThan(0);
  expect(await connections()).toBe(opened);

  // Nobody asks for it: a trace leaves in one piece when the last of its spans has ended, and what comes after that by itself.
  bodies.length = 0;
  const third = Sentry.startSpan({ name: 'third' }, (span) => {
    const child = Sentry.startInactiveSpan({ name: 'late child', parentSpan: span });
    setTimeout(() => child.end(), 100);
    return span;
  });
  expect(bodies).toHaveLength(0);
  await expect.poll(() => bodies.length, { timeout: 3000, interval: 10 }).toBe(1);
  expect(bodies[0]).toContain('third');
  expect(bodies[0]).toContain('late child');
  Sentry.startInactiveSpan({ name: 'afterwards', parentSpan: third }).end();
  await expect.poll(() => bodies.length, { timeout: 3000, interval: 10 }).toBe(2);
  expect(bodies[1]).toContain('afterwards');
  expect(bodies[1]).not.toContain('late child');

  await closeObservability();
  await expect.poll(connections).toBe(0);
});
