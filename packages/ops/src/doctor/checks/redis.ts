import type { Check, Finding } from '../check.ts';
import { explainFailure } from '../explain-failure.ts';
import { pingRedis } from '../redis-ping.ts';
import { wordsOf } from '../words-of.ts';

/** Whether the queue is there, where batches go through one. */
export const redis: Check = {
  name: 'redis',
  about: 'the queue answers, where batches go through one',
  needs: ['variables'],
  isOffline: false,
  async run({ env, signal }) {
    const { OBSERVABILITY_REDIS_URL: url } = env;
    if (!url)
      return { status: 'skipped', says: 'OBSERVABILITY_REDIS_URL is not set: each process delivers by itself.' };
    const { protocol, hostname, port } = new URL(url);
    const address = `${hostname}:${port || 6379}`;
    try {
      return judge(await pingRedis(url, signal), address, protocol);
    } catch (error) {
      return {
        status: 'failed',
        says: explainFailure(error, `redis://${address}`).says,
        do: 'Start Redis or correct OBSERVABILITY_REDIS_URL. Until then batches wait in the spool of each service.',
      };
    }
  },
};

function judge(answer: string, address: string, protocol: string): Finding {
  if (answer === '+PONG') return { status: 'ok', says: `Redis answers at ${address}.` };
  if (/^-(NOAUTH|WRONGPASS|ERR AUTH|ERR invalid password)/.test(answer)) {
    return {
      status: 'failed',
      says: `Redis at ${address} refuses the user or password of OBSERVABILITY_REDIS_URL (${wordsOf(answer.slice(1))}).`,
      do: 'Write them into the URL: redis://user:password@host:port.',
    };
  }
  if (answer.startsWith('-LOADING'))
    return { status: 'failed', says: `Redis at ${address} is still loading its data.`, do: 'Ask again in a while.' };
  return {
    status: 'failed',
    says: `What listens at ${address} is not a Redis that speaks ${protocol.slice(0, -1)}.`,
    do: 'Correct the port in OBSERVABILITY_REDIS_URL; a Redis with TLS is named rediss://.',
  };
}
