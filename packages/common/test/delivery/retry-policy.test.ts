import { describe, expect, it } from 'vitest';
import { type Attempt, type Decision, decide } from '../../../delivery/src/retry-policy.ts';
import { type LaneName, lanes } from '../../../telemetry/src/destinations/lanes.ts';

const PAGE = '<html><body>Sign in to continue</body></html>';

describe('what becomes of a batch', () => {
  it.each<[LaneName, string]>([
    ['import', '{"code":200,"num_records_imported":3,"status":"OK"}'],
    ['analytics', '{"code":200,"num_records_imported":3,"status":"OK"}'],
    ['engage', '1'],
    ['engage', '{"status":1,"error":null}'],
    ['engage', '{"code":200,"num_good_events":3,"status":"OK"}'],
    ['groups', '{"status":1,"error":""}'],
    ['deletions', '{"status":"ok","results":{"tracking_id":"1"}}'],
    ['sentry', '{"id":"9ec79c33ec9942ab8353589fcb2e04dc"}'],
    ['sentry', '{}'],
  ])('is delivered when the receiver of %s answers %s', (lane, body) => {
    expect(decide(attempt({ lane, status: 200, body }))).toEqual({ action: 'delivered' });
  });

  it.each<[LaneName, string]>([
    ['import', ''],
    ['import', PAGE],
    ['import', '1'],
    ['import', '{"code":200,"status":"OK"}'],
    ['import', '{"code":200,"num_records_imported":0,"status":"OK"}'],
    ['import', '{"code":200,"num_records_imported":2,"status":"OK"}'],
    ['import', '{"code":503,"error":"upstream","status":"Service Unavailable"}'],
    ['engage', ''],
    ['engage', '{"message":"welcome"}'],
    ['deletions', '{"status":"pending"}'],
    ['sentry', ''],
    ['sentry', '{"login":"required"}'],
    ['sentry', '[]'],
  ])('is kept when %s is answered 200 with %s', (lane, body) => {
    expect(decide(attempt({ lane, status: 200, body }))).toMatchObject({ action: 'retry' });
  });

  it.each([
    300, 301, 302, 304, 307, 401, 402, 403, 404, 405, 407, 408, 409, 410, 418, 421, 425, 429, 431, 451, 500, 502, 503,
    504, 599,
  ])('is kept after a %i', (status) => {
    expect(decide(attempt({ status, body: PAGE }))).toMatchObject({ action: 'retry' });
    expect(decide(attempt({ status, body: '{"error":"no","status":"error"}' }))).toMatchObject({ action: 'retry' });
  });

  it('is kept without an answer', () => {
    expect(decide({ ...attempt(), reply: { networkError: 'ECONNREFUSED' } })).toMatchObject({ action: 'retry' });
  });

  it.each([200, 400])('loses the records that a %i names', (status) => {
    const body = JSON.stringify({
      code: 400,
      error: 'some data points in the request failed validation',
      failed_records: [
        { index: 1, field: 'properties.time', message: 'too old' },
        { index: 1, message: 'again' },
        { index: 7, message: 'out of range' },
        null,
      ],
    });
    const decision = decide(attempt({ status, body }));
    expect(decision).toEqual({
      action: 'reject',
      refusals: new Map([[1, { field: 'properties.time', reason: 'too old' }]]),
    });
  });

  it.each<[LaneName, number, string]>([
    ['import', 400, '{"code":400,"error":"bad","failed_records":[]}'],
    ['import', 200, '{"code":400,"error":"bad","status":"Bad Request"}'],
    ['import', 200, '{"status":0,"error":"bad"}'],
    ['engage', 200, '0'],
    ['engage', 200, '{"status":0,"error":"bad"}'],
    ['engage', 200, '{"status":1,"error":"some were bad"}'],
    ['sentry', 400, '{"detail":"bad","causes":["worse"]}'],
    ['deletions', 400, '{"error":"bad"}'],
  ])('is split when %s is answered %i with %s, which names no record', (lane, status, body) => {
    expect(decide(attempt({ lane, status, body }))).toMatchObject({ action: 'split', isTooLarge: false });
  });

  it('is split after a 413, whoever answers it', () => {
    for (const body of ['', PAGE, '{"code":413,"error":"too large"}']) {
      expect(decide(attempt({ status: 413, body }))).toMatchObject({ action: 'split', isTooLarge: true });
    }
  });

  it.each(['', PAGE, '{"message":"bad gateway request"}'])(
    'is kept after a 400 that the receiver did not write: %s',
    (body) => {
      expect(decide(attempt({ status: 400, body }))).toMatchObject({ action: 'retry' });
    },
  );
});

describe('how long a batch waits', () => {
  it('doubles from 2 seconds to a minute, with 1 to 5 seconds of jitter', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 60].map((failures) => delayOf(decide(attempt({ status: 503, failures }))));
    expect(waits).toEqual([5000, 7000, 11_000, 19_000, 35_000, 63_000, 63_000, 63_000]);
    expect(delayOf(decide({ ...attempt({ status: 503 }), random: 0 }))).toBe(3000);
    expect(delayOf(decide({ ...attempt({ status: 503 }), random: 1 }))).toBe(7000);
  });

  it('is what the receiver asks for, in seconds or as a date, up to ten minutes', () => {
    const asked = (value: string) => decide(attempt({ status: 429, headers: { 'retry-after': value } }));
    expect(asked('8')).toMatchObject({ delayMs: 8000, isAsked: true });
    expect(asked(new Date(NOW + 30_000).toUTCString())).toMatchObject({ delayMs: 30_000, isAsked: true });
    expect(asked('86400')).toMatchObject({ delayMs: 600_000, isAsked: true });
  });

  it.each(['0', '-5', '0.2', '', 'soon', new Date(0).toUTCString()])(
    'backs off when the receiver asks for %j',
    (value) => {
      const decision = decide(attempt({ status: 429, failures: 3, headers: { 'retry-after': value } }));
      expect(decision).toMatchObject({ delayMs: 19_000, isAsked: false });
    },
  );

  it('needs attention where waiting alone may not help', () => {
    const needsAttention = (status: number, body = '') => decide(attempt({ status, body }));
    for (const status of [302, 401, 403, 404, 407, 451])
      expect(needsAttention(status)).toMatchObject({ needsAttention: true });
    expect(needsAttention(200, PAGE)).toMatchObject({ needsAttention: true });
    for (const status of [408, 425, 429, 500, 503])
      expect(needsAttention(status)).toMatchObject({ needsAttention: false });
  });
});

const NOW = Date.UTC(2026, 0, 1);

interface Answered {
  readonly lane?: LaneName;
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly failures?: number;
}

function attempt({ lane = 'import', status = 200, body = '', headers = {}, failures = 0 }: Answered = {}): Attempt {
  return {
    readReply: lanes[lane].readReply,
    records: 3,
    reply: { status, headers, body },
    attempt: failures,
    now: NOW,
    random: 0.5,
  };
}

function delayOf(decision: Decision): number {
  return decision.action === 'retry' ? decision.delayMs : Number.NaN;
}
