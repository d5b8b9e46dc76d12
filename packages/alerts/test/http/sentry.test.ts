import { describe, expect, it } from 'vitest';
import { createQueryClient, type QueryClient, sourcesFrom } from '../../src/index.ts';
import { type Answer, startVendor } from './vendor.ts';

const TOKEN = 'sntryu_s3cret';
const NOON = Date.parse('2026-06-30T12:00:00.250Z');
const HOUR = { from: NOON - 3_600_000, to: NOON };
const IN_WORDS = { start: '2026-06-30T11:00:00.250', end: '2026-06-30T12:00:00.250' };

/** Sentry as https://docs.sentry.io/api/explore/ and /api/events/ describe it; a span dataset with this row. */
const sentryWith =
  (row: Record<string, unknown> | undefined, issues: unknown = []): Answer =>
  ({ path, headers }) => {
    if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: { detail: 'Invalid token' } };
    if (path === '/api/0/organizations/our%20org/issues/') return { body: issues };
    if (path !== '/api/0/organizations/our%20org/events/')
      return { status: 404, body: { detail: 'The requested resource does not exist' } };
    return { body: { data: row === undefined ? [] : [row], meta: { fields: {} } } };
  };

function clientOf(origin: string, variables: Record<string, string> = {}): QueryClient {
  return createQueryClient({
    ...sourcesFrom({ SENTRY_URL: `${origin}/`, SENTRY_AUTH_TOKEN: TOKEN, SENTRY_ORG: 'our org', ...variables }),
    fetch,
  });
}

describe('asking Sentry', () => {
  it('counts errors of a time, of one deployment when it is named', async () => {
    const { url, asked } = await startVendor(sentryWith({ 'count()': 134 }));
    expect(await clientOf(url).countErrors(HOUR)).toBe(134);
    expect(await clientOf(url, { SENTRY_ENVIRONMENT: 'production' }).countErrors(HOUR)).toBe(134);
    const query = { dataset: 'errors', field: 'count()', ...IN_WORDS };
    expect(asked.map((each) => each.query)).toEqual([query, { ...query, environment: 'production' }]);
  });

  it('counts the issues that are new, of those that had an error', async () => {
    const issues = [
      { id: '1', firstSeen: '2026-06-30T11:59:00Z' },
      { id: '2', firstSeen: '2026-06-30T11:00:00.250000Z' },
      { id: '3', firstSeen: '2026-06-30T11:00:00.249000Z' },
      { id: '4', firstSeen: null },
    ];
    const { url, asked } = await startVendor(sentryWith(undefined, issues));
    expect(await clientOf(url).countNewIssues(HOUR)).toBe(2);
    expect(asked[0]?.query).toEqual({ query: '', sort: 'new', limit: '100', ...IN_WORDS });
  });

  it('reads a percentile of the requests that services answered', async () => {
    const row = { 'p95(span.duration)': 5210.4, 'count(span.duration)': 20 };
    const { url, asked } = await startVendor(sentryWith(row));
    expect(await clientOf(url).requestDuration(95, HOUR)).toBe(5210.4);
    expect(asked[0]?.query).toMatchObject({ dataset: 'spans', query: 'is_transaction:true span.op:http.server' });
  });

  it.each([
    ['no row', undefined],
    ['a count of 0', { 'p95(span.duration)': 0, 'count(span.duration)': 0 }],
    ['no value', { 'p95(span.duration)': null, 'count(span.duration)': 3 }],
  ])('takes %s as no request', async (_what, row) => {
    const { url } = await startVendor(sentryWith(row));
    expect(await clientOf(url).requestDuration(95, HOUR)).toBeNull();
  });
});

describe('what Sentry refuses', () => {
  it.each<[string, Record<string, string>, string]>([
    ['a token', { SENTRY_AUTH_TOKEN: 's3cret' }, 'answered 401: Invalid token. Is SENTRY_AUTH_TOKEN still valid?'],
    [
      'an organization',
      { SENTRY_ORG: 'other' },
      'answered 404: The requested resource does not exist. Is SENTRY_ORG the slug of your organization',
    ],
  ])('%s: is said with the way out, and without a secret', async (_what, variables, message) => {
    const { url } = await startVendor(sentryWith({}));
    const error: unknown = await clientOf(url, variables)
      .countErrors(HOUR)
      .catch((reason: unknown) => reason);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('s3cret');
  });

  it('a token that cannot read: which one can', async () => {
    const { url } = await startVendor(() => ({ status: 403, body: { detail: 'You do not have permission.' } }));
    await expect(clientOf(url).countNewIssues(HOUR)).rejects.toThrow(
      /answered 403: You do not have permission\. An organization token \(sntrys_\.\.\.\) cannot read/,
    );
  });
});
