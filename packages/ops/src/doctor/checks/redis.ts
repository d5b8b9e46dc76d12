import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Check, type Finding, failed, ok, skipped } from '../check.ts';
import { connectTo, explainFailure, wordsOf } from '../hosts.ts';

/** Whether the queue is there, where batches go through one. */
export const redis: Check = {
  name: 'redis',
  about: 'the queue answers, where batches go through one',
  needs: ['variables'],
  isOffline: false,
  async run({ env, signal }) {
    const { OBSERVABILITY_REDIS_URL: url } = env;
    if (!url) return skipped('OBSERVABILITY_REDIS_URL is not set: each process delivers by itself.');
    const { protocol, hostname, port } = new URL(url);
    const address = `${hostname}:${port || 6379}`;
    try {
      return judge(await pingRedis(url, signal), address, protocol);
    } catch (error) {
      return failed(
        explainFailure(error, `redis://${address}`).says,
        'Start Redis or correct OBSERVABILITY_REDIS_URL. Until then batches wait in the spool of each service.',
      );
    }
  },
};

function judge(answer: string, address: string, protocol: string): Finding {
  if (answer === '+PONG') return ok(`Redis answers at ${address}.`);
  if (/^-(NOAUTH|WRONGPASS|ERR AUTH|ERR invalid password)/.test(answer))
    return failed(
      `Redis at ${address} refuses the user or password of OBSERVABILITY_REDIS_URL (${wordsOf(answer.slice(1))}).`,
      'Write them into the URL: redis://user:password@host:port.',
    );
  if (answer.startsWith('-LOADING'))
    return failed(`Redis at ${address} is still loading its data.`, 'Ask again in a while.');
  return failed(
    `What listens at ${address} is not a Redis that speaks ${protocol.slice(0, -1)}.`,
    'Correct the port in OBSERVABILITY_REDIS_URL; a Redis with TLS is named rediss://.',
  );
}

/**
 * Says PING to a Redis, after AUTH where the URL has a password: two commands, for which a client would be a lot of machinery.
 *
 * @returns the last line that was answered, such as `+PONG` or `-NOAUTH Authentication required.`
 * @throws the system's error when there is no connection, or none any more.
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
async function pingRedis(url: string, signal: AbortSignal): Promise<string> {
  const { protocol, hostname, port, username, password } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const plain = await connectTo(host, Number(port || 6379), signal);
  const socket = protocol === 'rediss:' ? connectTls({ socket: plain, servername: host }) : plain;
  const credentials = [username, password].filter(Boolean).map(decodeURIComponent);
  const commands = [...(password ? [['AUTH', ...credentials]] : []), ['PING']];
  return converse(socket, commands, signal);
}

function converse(socket: Socket, commands: readonly (readonly string[])[], signal: AbortSignal): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    let text = '';
    const onAbort = () => socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('other side closed')));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const lines = text.split('\r\n').slice(0, -1);
      const refusal = lines.find((line) => line.startsWith('-'));
      const last = refusal ?? (lines.length >= commands.length ? lines.at(-1) : undefined);
      // Another kind of server may never end a line.
      if (last === undefined && text.length < 1024) return;
      signal.removeEventListener('abort', onAbort);
      resolve(last ?? text);
      socket.destroy();
    });
    socket.write(commands.map(encode).join(''));
  });
}

function encode(command: readonly string[]): string {
  return `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
}
