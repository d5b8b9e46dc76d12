import { afterEach, describe, expect, it } from 'vitest';
import { captureException, flushObservability } from '../../src/index.ts';
import { buildServer, type Server } from '../../src/server.ts';
import { setEnv, startObserved } from '../start-observed.ts';

const token = 't'.repeat(32);

let app: Server | undefined;
let restore = () => {};
afterEach(async () => {
  await app?.close();
  restore();
});

function serve(variables: Record<string, string | undefined>, readyChecks = {}): Server {
  restore = setEnv({ NODE_ENV: 'test', ...variables });
  app = buildServer({ readyChecks });
  return app;
}

const ask = (authorization?: string) =>
  app?.inject({ url: '/health/ready', headers: authorization === undefined ? {} : { authorization } });

describe('GET /health/ready', () => {
  it.each([undefined, '', 'Bearer', `Bearer ${'u'.repeat(32)}`, `Basic ${token}`, token, `Bearer ${token} `])(
    'shows the status and the names of checks only, to whoever shows %j',
    async (authorization) => {
      serve({ SERVICE_TOKEN: token }, { database: async () => true, upstreams: async () => false });
      const response = await ask(authorization);
      expect(response?.statusCode).toBe(503);
      expect(response?.json()).toEqual({ status: 'unready', checks: { database: true, upstreams: false } });
    },
  );

  it('shows the statistics as well to whoever shows the service token', async () => {
    serve({ SERVICE_TOKEN: token }, { database: async () => true });
    const response = await ask(`Bearer ${token}`);
    expect(response?.json()).toEqual({
      status: 'ok',
      checks: { database: true },
      observability: expect.objectContaining({ analytics: 'off', errors: 'off', lanes: {} }),
    });
  });

  it.each([undefined, '', 'short'])('shows them to nobody when SERVICE_TOKEN is %j', async (variable) => {
    serve({ SERVICE_TOKEN: variable });
    for (const shown of [undefined, 'Bearer ', 'Bearer undefined', `Bearer ${variable}`]) {
      expect((await ask(shown))?.json()).toEqual({ status: 'ok', checks: {} });
    }
  });

  it('tells strangers neither what failed nor what a vendor answered', async () => {
    const { inbox, settle } = await startObserved({ SENTRY_ERROR_BUDGET_PER_MONTH: '5000' });
    serve({ SERVICE_TOKEN: token });
    captureException(new TypeError('in the kitchen'));
    await settle();
    expect(inbox.errors()).toHaveLength(1);
    await flushObservability();
    expect((await ask())?.body).not.toMatch(/TypeError|kitchen|lane|sentry|mixpanel/i);
    expect((await ask(`Bearer ${token}`))?.body).toContain('TypeError');
  });

  it('runs its checks once for all who ask at the same moment', async () => {
    let runs = 0;
    serve(
      {},
      {
        async database() {
          runs++;
          await new Promise((resolve) => setTimeout(resolve, 50));
          return true;
        },
      },
    );
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask()));
    expect(answers.every((answer) => answer?.statusCode === 200)).toBe(true);
    expect(runs).toBe(1);
    await ask();
    expect(runs).toBe(2);
  });
});
