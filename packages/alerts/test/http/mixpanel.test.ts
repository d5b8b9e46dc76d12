import { describe, expect, it } from 'vitest';
import { createQueryClient, type QueryClient, sourcesFrom } from '../../src/index.ts';
import { type Answer, type Asked, startVendor, unusedOrigin } from './vendor.ts';

const SECRET = 'reporter.1a2b:s3cret-ü';

/** Mixpanel as https://docs.mixpanel.com/reference/segmentation-query and funnels-query describe it. */
const mixpanel: Answer = ({ path, headers, query }) => {
  const given = Buffer.from(headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
  if (given !== SECRET) return { status: 401, body: { error: 'Unable to authenticate request', status: 'error' } };
  if (query['project_id'] !== '42' || 'timezone' in query)
    return { status: 400, body: { error: 'Invalid parameters', status: 'error' } };
  if (path === '/api/query/segmentation') {
    const series = ['2026-06-29', '2026-06-30'];
    return { body: { legend_size: 1, data: { series, values: { signup_completed: { '2026-06-29': 7 } } } } };
  }
  const step = (event: string, count: number) => ({ event, goal: event, step_label: event, count });
  const steps = [step('signup_completed', 40), step('qr_created', 3)];
  return { body: { meta: { dates: ['2026-06-16'] }, data: { '2026-06-16': { steps, analysis: {} } } } };
};

function clientOf(origin: string, variables: Record<string, string> = {}): QueryClient {
  return createQueryClient({
    ...sourcesFrom({
      MIXPANEL_APP_HOST: origin,
      MIXPANEL_SERVICE_ACCOUNT: SECRET,
      MIXPANEL_PROJECT_ID: '42',
      ...variables,
    }),
    fetch,
  });
}

const signups = {
  event: 'signup_completed',
  unit: 'day',
  count: 'total',
  fromDate: '2026-06-29',
  toDate: '2026-06-30',
} as const;
const conversion = {
  rule: 'Conversion drop',
  steps: ['signup_completed', 'qr_created'],
  windowDays: 7,
  days: 7,
  fromDate: '2026-06-16',
  toDate: '2026-06-22',
};

describe('asking Mixpanel', () => {
  it('for events shows the service account and the project, and takes a day without an event as none', async () => {
    const { url, asked } = await startVendor(mixpanel);
    expect(await clientOf(url).eventsPerBucket(signups)).toEqual(
      new Map([
        ['2026-06-29', 7],
        ['2026-06-30', 0],
      ]),
    );
    expect(asked.map(({ query }) => query)).toEqual([
      {
        project_id: '42',
        event: 'signup_completed',
        unit: 'day',
        type: 'general',
        from_date: '2026-06-29',
        to_date: '2026-06-30',
      },
    ]);
  });

  it('for people asks for unique ones', async () => {
    const { url, asked } = await startVendor(mixpanel);
    await clientOf(url).eventsPerBucket({ ...signups, count: 'unique' });
    expect(asked[0]?.query['type']).toBe('unique');
  });

  it('for a conversion names the funnel that was saved for the rule, in one piece', async () => {
    const { url, asked } = await startVendor(mixpanel);
    const client = clientOf(url, { MIXPANEL_FUNNEL_IDS: 'Other=1, Conversion drop = 7509' });
    expect(await client.conversion(conversion)).toEqual({ entered: 40, converted: 3 });
    expect(asked.map(({ path, query }) => [path, query])).toEqual([
      [
        '/api/query/funnels',
        {
          project_id: '42',
          funnel_id: '7509',
          length: '7',
          length_unit: 'day',
          interval: '7',
          from_date: '2026-06-16',
          to_date: '2026-06-22',
        },
      ],
    ]);
  });

  it('for a conversion without a saved funnel asks nothing, and says what to do', async () => {
    const { url, asked } = await startVendor(mixpanel);
    await expect(clientOf(url).conversion(conversion)).rejects.toThrow(
      'Mixpanel answers for saved funnels only: save one of signup_completed and qr_created on its page, and name it ' +
        'as MIXPANEL_FUNNEL_IDS="Conversion drop=<funnel id>".',
    );
    expect(asked).toEqual([]);
  });

  it('notices when the saved funnel is another one', async () => {
    const { url } = await startVendor(mixpanel);
    const client = clientOf(url, { MIXPANEL_FUNNEL_IDS: 'Conversion drop=7509' });
    await expect(client.conversion({ ...conversion, steps: ['page_viewed', 'qr_created'] })).rejects.toThrow(
      'The saved funnel has the steps signup_completed, qr_created; the rule is about page_viewed, qr_created.',
    );
  });

  it('asks one question at a time, also after one that failed', async () => {
    let open = 0;
    let most = 0;
    let answered = 0;
    const slow: typeof fetch = async (input, init) => {
      open += 1;
      most = Math.max(most, open);
      const response = await fetch(input, init);
      open -= 1;
      return response;
    };
    const { url } = await startVendor((asked) => {
      answered += 1;
      return answered === 1 ? { status: 500, body: 'oops' } : mixpanel(asked);
    });
    const sources = sourcesFrom({
      MIXPANEL_APP_HOST: url,
      MIXPANEL_SERVICE_ACCOUNT: SECRET,
      MIXPANEL_PROJECT_ID: '42',
    });
    const client = createQueryClient({ ...sources, fetch: slow });
    const results = await Promise.allSettled([1, 2, 3].map(() => client.eventsPerBucket(signups)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(most).toBe(1);
  });
});

describe('what Mixpanel refuses', () => {
  const refusalOf = async (answer: Answer, variables: Record<string, string> = {}) => {
    const { url } = await startVendor(answer);
    const error: unknown = await clientOf(url, variables)
      .eventsPerBucket(signups)
      .catch((reason: unknown) => reason);
    const text = String(error instanceof Error ? error.message : error);
    expect(text).not.toContain('s3cret');
    return text.replace(new URL(url).host, 'host');
  };

  it.each<[number, unknown, string]>([
    [
      429,
      { error: 'Too many requests.' },
      'Mixpanel at host answered 429: Too many requests. It takes 60 queries an hour: evaluate less often.',
    ],
    [
      403,
      { error: 'Forbidden', status: 'error' },
      'Mixpanel at host answered 403: Forbidden. Is the service account a member of the project MIXPANEL_PROJECT_ID?',
    ],
    [500, '<html>', 'Mixpanel at host answered 500.'],
    [200, '<html>', 'Mixpanel at host answered no JSON: is the address right?'],
    [302, '', 'Mixpanel at host cannot be reached.'],
  ])('with %i is said with the way out, and without a secret', async (status, body, message) => {
    expect(await refusalOf(() => ({ status, body }))).toBe(message);
  });

  it('a wrong secret is told of without showing it', async () => {
    expect(await refusalOf(mixpanel, { MIXPANEL_SERVICE_ACCOUNT: 'reporter:s3cret' })).toBe(
      'Mixpanel at host answered 401: Unable to authenticate request. Is MIXPANEL_SERVICE_ACCOUNT user:secret of a service account that is still there?',
    );
  });

  it('is nothing when it is not there', async () => {
    const origin = await unusedOrigin();
    await expect(clientOf(origin).eventsPerBucket(signups)).rejects.toThrow(
      `Mixpanel at ${new URL(origin).host} cannot be reached (ECONNREFUSED).`,
    );
  });

  it('is a sentence when the answer is another', async () => {
    expect(await refusalOf(() => ({ body: { results: [] } }))).toContain('a segmentation without "data.series"');
  });

  it('ends with who asks', async () => {
    const interruption = new AbortController();
    const { url } = await startVendor((_asked: Asked) => {
      interruption.abort();
      return undefined;
    });
    const source = { origin: url, account: { serviceAccount: SECRET, projectId: '42', funnelIds: {} } };
    const client = createQueryClient({ mixpanel: source, fetch, signal: interruption.signal });
    await expect(client.eventsPerBucket(signups)).rejects.toThrow('cannot be reached');
  });
});
