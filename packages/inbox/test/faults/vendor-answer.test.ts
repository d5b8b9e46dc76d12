import { describe, expect, it } from 'vitest';
import type { FaultEndpoint } from '../../src/faults/faults.ts';
import { goodEvent, post, postEnvelope } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const RATE_LIMIT = 'Project exceeded rate limits. Please retry the request with exponential backoff.';
const QUOTA =
  'Sentry dropped data due to a quota or internal rate limit being reached. This will not affect your application. See https://docs.sentry.io/product/accounts/quotas/ for more information.';

it.each([400, 413, 200])(
  'a status on demand to /engage?strict=1 has the body of strict answers, %i',
  async (status) => {
    const inbox = await start();
    inbox.faults.add({ endpoint: 'engage', fault: { kind: 'status', status } });
    const response = await post(inbox, '/engage?strict=1', [{ $token: 't', $distinct_id: 'u', $set: {} }]);
    const counts = status === 413 ? {} : { num_good_events: 0 };
    expect(await response.json()).toMatchObject({ code: status, ...counts });
  },
);

describe('a status on demand has the body that the vendor gives it', () => {
  it.each<[FaultEndpoint, number, unknown]>([
    [
      'import',
      400,
      {
        code: 400,
        error: 'some data points in the request failed validation',
        status: 'Bad Request',
        num_records_imported: 0,
        failed_records: [],
      },
    ],
    ['import', 401, { code: 401, error: 'Invalid credentials', status: 'Unauthorized' }],
    [
      'import',
      413,
      { code: 413, error: 'request exceeds max limit of 10485760 bytes', status: 'Request Entity Too Large' },
    ],
    ['import', 429, { code: 429, error: RATE_LIMIT, status: 'Too Many Requests' }],
    ['import', 500, { code: 500, error: 'Internal Server Error', status: 'Internal Server Error' }],
    ['import', 502, { code: 502, error: 'Bad Gateway', status: 'Bad Gateway' }],
    ['import', 503, { code: 503, error: 'Service Unavailable', status: 'Service Unavailable' }],
    ['import', 200, { code: 200, num_records_imported: 0, status: 'OK' }],
    ['track', 401, { error: 'Unauthorized', status: 'error' }],
    ['track', 403, { error: 'Forbidden', status: 'error' }],
    ['engage', 401, { error: 'Unauthorized', status: 'error' }],
    ['engage', 429, { error: 'Too Many Requests', status: 'error' }],
    ['groups', 403, { error: 'Forbidden', status: 'error' }],
    ['groups', 202, { status: 1, error: null }],
    ['envelope', 400, { detail: 'invalid event envelope', causes: [] }],
    ['envelope', 401, { detail: 'missing authorization information', causes: [] }],
    ['envelope', 403, { detail: 'event submission rejected with_reason: ProjectId', causes: [] }],
    ['envelope', 413, { detail: expect.stringMatching(/^envelope exceeded size limits for type 'event'/), causes: [] }],
    ['envelope', 429, { detail: QUOTA, causes: [] }],
    ['envelope', 503, { detail: 'failed to queue envelope', causes: [] }],
    ['envelope', 502, { detail: 'Bad Gateway', causes: [] }],
    ['envelope', 200, {}],
  ])('/%s, %i', async (endpoint, status, body) => {
    const inbox = await start();
    inbox.faults.add({ endpoint, requests: 1, fault: { kind: 'status', status } });
    const send = (): Promise<Response> =>
      endpoint === 'envelope' ? postEnvelope(inbox, '{}') : post(inbox, `/${endpoint}`, [goodEvent()]);
    const response = await send();
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual(body);
    expect(response.headers.has('x-sentry-error')).toBe(endpoint === 'envelope' && status >= 400);
    expect(inbox.events()).toEqual([]);
    expect((await send()).status).toBe(200);
  });
});
