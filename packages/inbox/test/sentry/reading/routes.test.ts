import { describe, expect, it } from 'vitest';
import { type Captured, captured } from '../../alerts/captured.ts';

const HOUR = { start: '2026-06-30T11:00:00', end: '2026-06-30T12:00:00.000' };

async function ask(inbox: Captured, table: 'events' | 'issues', parameters: Record<string, string> | string[][]) {
  const query = new URLSearchParams(parameters);
  const response = await fetch(`${inbox.url}/api/0/organizations/any/${table}/?${query}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("Sentry's table of events", () => {
  it('counts errors of a time, which is in UTC unless it says otherwise', async () => {
    const inbox = await captured('2026-06-30T12:00:00Z', []);
    await inbox.fail('TypeError', '2026-06-30T11:00:00Z', '2026-06-30T12:00:00Z');
    const errors = { dataset: 'errors', field: 'count()' };
    const { body } = await ask(inbox, 'events', { ...errors, ...HOUR });
    expect(body).toEqual({ data: [{ 'count()': 1 }], meta: { fields: { 'count()': 'integer' } } });
    const inPrague = { start: '2026-06-30T14:00:00+02:00', end: '2026-06-30T14:00:01+02:00' };
    expect((await ask(inbox, 'events', { ...errors, ...inPrague })).body['data']).toEqual([{ 'count()': 1 }]);
  });

  it('knows percentiles of spans that a query picks, and that there are none', async () => {
    const inbox = await captured('2026-06-30T12:00:00Z', []);
    await inbox.serve('2026-06-30T11:30:00Z', 10, 20, 30, 40);
    const fields = ['count(span.duration)', 'p50(span.duration)', 'p100(span.duration)'];
    const asked = (query: string) => [
      ['dataset', 'spans'],
      ...fields.map((field) => ['field', field]),
      ['query', query],
      ...Object.entries(HOUR),
    ];
    const requests = await ask(inbox, 'events', asked('is_transaction:true span.op:http.server'));
    expect(requests.body['data']).toEqual([
      { 'count(span.duration)': 4, 'p50(span.duration)': 20, 'p100(span.duration)': 40 },
    ]);
    expect((await ask(inbox, 'events', asked('is_transaction:true'))).body['data']).toMatchObject([
      { 'count(span.duration)': 8 },
    ]);
    expect((await ask(inbox, 'events', asked('span.op:queue'))).body['data']).toEqual([
      { 'count(span.duration)': 0, 'p50(span.duration)': null, 'p100(span.duration)': null },
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a dataset', { dataset: 'logs', field: 'count()', ...HOUR }, 'dataset must be one of errors, spans'],
    [
      'a field',
      { dataset: 'errors', field: 'p95(span.duration)', ...HOUR },
      'field "p95(span.duration)" is not known here for this dataset',
    ],
    [
      'a query',
      { dataset: 'spans', field: 'count(span.duration)', query: 'release:1', ...HOUR },
      'query knows is_transaction:true and span.op:<name> here, got "release:1"',
    ],
    [
      'a query of errors',
      { dataset: 'errors', field: 'count()', query: 'level:error', ...HOUR },
      'query must be empty for errors here, got "level:error"',
    ],
    [
      'a time',
      { dataset: 'errors', field: 'count()', start: 'noon', end: 'one' },
      'start must be a time such as 2026-06-30T11:00:00',
    ],
    [
      'times in the wrong order',
      { dataset: 'errors', field: 'count()', start: HOUR.end, end: HOUR.start },
      'end must be after start',
    ],
    [
      'what it would ignore',
      { dataset: 'errors', field: 'count()', statsPeriod: '1h', ...HOUR },
      'statsPeriod is not supported here',
    ],
  ])('refuses %s that it does not know, with a sentence', async (_what, parameters, message) => {
    const inbox = await captured('2026-06-30T12:00:00Z', []);
    const { status, body } = await ask(inbox, 'events', parameters);
    expect([status, body['message']]).toEqual([
      400,
      expect.stringContaining(message.replace('2026-06-30', '2026-11-20')),
    ]);
  });
});

describe("Sentry's list of issues", () => {
  it('has issues with an error in a time, those first that were seen first last, in the words of the vendor', async () => {
    const inbox = await captured('2026-06-30T12:00:00Z', []);
    await inbox.fail('OldError', '2026-06-29T11:00:00Z', '2026-06-30T11:50:00Z');
    await inbox.fail('NewError', '2026-06-30T11:40:00Z');
    await inbox.fail('GoneError', '2026-06-28T11:40:00Z');
    const { body } = await ask(inbox, 'issues', { query: '', sort: 'new', ...HOUR });
    expect(body).toMatchObject([
      { title: 'NewError: broke', count: '1', firstSeen: '2026-06-30T11:40:00.000Z', status: 'unresolved' },
      { title: 'OldError: broke', count: '2', lastSeen: '2026-06-30T11:50:00.000Z' },
    ]);
    const byDate = await ask(inbox, 'issues', { limit: '1', ...HOUR });
    expect(byDate.body).toMatchObject([{ title: 'OldError: broke' }]);
  });

  it('refuses a query that it does not know', async () => {
    const inbox = await captured('2026-06-30T12:00:00Z', []);
    const { status, body } = await ask(inbox, 'issues', { query: 'is:archived', ...HOUR });
    expect([status, body['message']]).toEqual([400, 'query must be one of , is:unresolved, is:resolved, is:ignored']);
  });
});
