import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type BuildServerOptions, buildServer } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

setEnv({ NODE_ENV: 'test' });

type Logger = Exclude<NonNullable<BuildServerOptions['logger']>, boolean>;

const canary = (name: string) => `canary-${name}-value`;

/** As axios throws it. */
function clientError(): Error {
  return Object.assign(new Error(`refused: password=${canary('message')}`), {
    config: { headers: { Authorization: `Bearer ${canary('header')}`, Cookie: `sid=${canary('cookie')}` } },
    request: { token: canary('token') },
  });
}

/** Logs in every way that there is. */
async function logAll(logger: Logger): Promise<string> {
  const lines: string[] = [];
  const app = buildServer({
    logger: { level: 'trace', stream: { write: (line) => void lines.push(line) }, ...logger },
  });
  onTestFinished(() => app.close());
  app.get('/fail', async (request) => {
    request.log.info(clientError());
    request.log.warn({ err: clientError(), kept: 'control-value' }, 'with an error');
    request.log.error({ config: { apiKey: canary('key') } }, 'with an object');
    request.log.info('a sentence with password=%s in it', canary('interpolated'));
    request.log.info(`user joe@${canary('mail')}.example logged in`);
    request.log.child({ authorization: `Bearer ${canary('child')}` }).info('of a child');
    request.log
      .child({}, { serializers: { x: () => ({ secret: canary('serializer') }) } })
      .info({ x: 1 }, 'serialized');
    app.log.info({ nested: [{ deep: { password: canary('deep') } }] });
    app.log.info({ map: JSON.stringify({ token: canary('json') }) });
    throw clientError();
  });
  await app.inject({ url: `/fail?token=${canary('query')}`, headers: { authorization: `Bearer ${canary('own')}` } });
  return lines.join('');
}

function ownHook(this: unknown, args: unknown[], method: (...args: unknown[]) => void): void {
  method.apply(this, args);
}

it.each<[string, Logger]>([
  ['nothing else', {}],
  ['serializers', { serializers: { err: (error) => ({ ...error, type: 'x', message: error.message, stack: '' }) } }],
  ['the whole request', { serializers: { req: ({ headers, url }) => ({ headers, url }) } }],
  ['formatters', { formatters: { log: (line) => ({ ...line, copy: line }) } }],
  ['a mixin', { mixin: () => ({ session_token: canary('mixin') }) }],
  ['bindings', { base: { password: canary('base') } }],
  ['redaction of its own', { redact: ['nothing.at.all'] }],
  ['a key for what is logged', { nestedKey: 'payload', messageKey: 'message', errorKey: 'error' }],
  ['a hook for calls', { hooks: { logMethod: ownHook } }],
  ['a hook for lines', { hooks: { streamWrite: (line) => line.replace('\n', ` \n`) } }],
  ['CRLF', { crlf: true }],
])('writes no secret with a logger of %s', async (_, logger) => {
  const text = await logAll(logger);
  expect(text).toContain('control-value');
  expect(text).toContain('request failed');
  expect(text.match(/canary-\w+-value/g) ?? []).toEqual([]);
  for (const line of text.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('time', expect.any(Number));
});

it('cleans what a transport in a thread of its own is given', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-lines-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const destination = join(folder, 'log');
  const app = buildServer({ logger: { transport: { target: 'pino/file', options: { destination } } } });
  app.log.error({ err: clientError() }, 'control-value');
  await expect.poll(() => readSafely(destination), { timeout: 10_000 }).toContain('control-value');
  await app.close();
  expect(readSafely(destination)).not.toMatch(/canary-\w+-value/);
});

function readSafely(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

it('writes a line for errors that refuse to be read', async () => {
  const lines: string[] = [];
  const app = buildServer({ logger: { stream: { write: (line) => void lines.push(line) } } });
  onTestFinished(() => app.close());
  const refuse = () => {
    throw new Error('do not read me');
  };
  app.get('/fail', async () => {
    throw Object.defineProperties(new Error('x'), { stack: { get: refuse }, message: { get: refuse } });
  });
  const { errorId } = (await app.inject('/fail')).json();
  expect(errorId).toMatch(/^[0-9a-f]{32}$/);
  expect(lines.join('')).toContain('request failed');
});

it('leaves ids and the lines of requests as they are', async () => {
  const lines: string[] = [];
  const app = buildServer({ logger: { stream: { write: (line) => void lines.push(line) } } });
  onTestFinished(() => app.close());
  app.get('/codes/:id', async () => 'ok');
  // Pass for a card number by their digits.
  const errorId = '4111111111111111aaaaaaaaaaaaaaaa';
  app.log.info({ errorId, traceId: errorId, durationMs: 1764434634123 }, 'done');
  await app.inject('/codes/abc12345');
  const parsed = lines.map((line) => JSON.parse(line));
  expect(parsed).toMatchObject([
    { errorId, traceId: errorId, durationMs: 1764434634123, msg: 'done' },
    { req: { method: 'GET' }, msg: 'incoming request' },
    { res: { statusCode: 200 }, msg: 'request completed' },
  ]);
});
