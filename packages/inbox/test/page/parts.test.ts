import { describe, expect, it } from 'vitest';
import { around } from '../../page/src/issues/error-view.tsx';
import { advance, EMPTY, type FeedMessage } from '../../page/src/shared/feed.tsx';
import { keepFresh } from '../../page/src/shared/use-json.ts';
import { type TraceRecord, toRows, type WaterfallRow } from '../../page/src/traces/waterfall-rows.ts';
import { toSessions } from '../../page/src/user/user-tab.tsx';
import type { StoredError, StoredEvent, StoredSpan } from '../../src/index.ts';

const MINUTE_MS = 60_000;

function event(id: number, time = id, properties: Record<string, unknown> = {}): StoredEvent {
  const base = { kind: 'event', endpoint: 'import', event: `e${id}`, distinctId: 'u', insertId: String(id) } as const;
  return { ...base, id, receivedAt: time, time, properties };
}

function span(spanId: string, parentSpanId: string | null, time: number, durationMs: number): StoredSpan {
  const base = {
    kind: 'span',
    receivedAt: 0,
    project: '1',
    traceId: 't',
    op: null,
    status: 'ok',
    isSegment: false,
  } as const;
  return {
    ...base,
    id: time,
    spanId,
    parentSpanId,
    name: spanId,
    time,
    durationMs,
    service: null,
    userId: null,
    attributes: {},
  };
}

const base = { receivedAt: 0, project: '1', traceId: 't' } as const;
const asset = (spanId: string, parentSpanId: string | null, time: number): StoredSpan => ({
  ...span(spanId, parentSpanId, time, 1),
  op: 'resource.script',
});

const names = (records: readonly TraceRecord[], foldsAssets = true): string[] =>
  toRows(records, foldsAssets).map((row) => `${'.'.repeat(row.depth)}${nameOf(row)}`);

function nameOf(row: WaterfallRow): string {
  if ('assets' in row) return `${row.assets.length} assets`;
  return row.record.kind === 'span' ? row.record.name : `#${row.record.id}`;
}

describe('the snapshot of the stream', () => {
  it('has the newest record first, and the last 2000 only', () => {
    const many = Array.from({ length: 2100 }, (_, index) => event(index));
    const { records } = advance(advance(EMPTY, many.slice(0, 50)), many.slice(50));
    expect(records).toHaveLength(2000);
    expect(records.slice(0, 2).map(({ id }) => id)).toEqual([2099, 2098]);
  });

  it('forgets what came before a clear, within a batch too', () => {
    const messages: FeedMessage[] = [
      event(1),
      { kind: 'clear' },
      event(2),
      { kind: 'faults' },
      { kind: 'skipped', count: 3 },
    ];
    const after = advance(advance(EMPTY, [event(0)]), messages);
    expect(after).toMatchObject({ records: [{ id: 2 }], epoch: 1, faults: 1, skipped: 3, revision: 2 });
  });
});

describe('sessions', () => {
  it('end where nothing happened for 30 minutes', () => {
    const times = [0, 29, 58, 88, 89].map((minutes) => minutes * MINUTE_MS);
    const sessions = toSessions(times.map((time, index) => event(index, time)));
    expect(sessions.map(({ records }) => records.map(({ id }) => id))).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(toSessions([])).toEqual([]);
  });
});

describe('events around an error', () => {
  it('are the last before it and the first after it, in order', () => {
    const events = Array.from({ length: 30 }, (_, index) => event(index)).reverse();
    expect(around(events, 20).map(({ id }) => id)).toEqual([13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
    expect(around([], 20)).toEqual([]);
  });
});

describe('the rows of a waterfall', () => {
  it('put children under their parents, siblings in order of time', () => {
    expect(names([span('c', 'a', 3, 1), span('b', 'a', 2, 1), span('a', null, 1, 9)])).toEqual(['a', '.b', '.c']);
  });

  it('show a span whose parent has not arrived, and one that is its own ancestor only once', () => {
    expect(names([span('orphan', 'gone', 2, 1), span('self', 'self', 1, 1)])).toEqual(['self', 'orphan']);
  });

  it('show spans that are in a circle too', () => {
    expect(names([span('a', 'b', 1, 1), span('b', 'a', 2, 1)]).sort()).toEqual(['.b', 'a']);
  });

  it('fold the assets of one parent, with what is below them', () => {
    const all = [
      span('page', null, 1, 99),
      asset('script', 'page', 2),
      span('served', 'script', 3, 1),
      span('call', 'page', 4, 9),
      asset('style', 'page', 5),
      event(6),
    ];
    expect(names(all)).toEqual(['page', '.2 assets', '.call', '..#6']);
    expect(names(all, false)).toEqual(['page', '.script', '..served', '.call', '..#6', '.style']);
  });

  it('leave an asset by itself that failed, has an error in it, or is all there is', () => {
    const error: StoredError = {
      ...base,
      id: 9,
      kind: 'error',
      eventId: 'e',
      issueId: 'i',
      time: 9,
      type: 'E',
      value: 'v',
      level: 'error',
      service: null,
      userId: null,
      event: { contexts: { trace: { span_id: 'broken' } } },
    };
    expect(
      names([
        span('page', null, 1, 99),
        { ...asset('missing', 'page', 2), status: 'not_found' },
        asset('broken', 'page', 3),
        error,
        asset('good', 'page', 4),
      ]),
    ).toEqual(['page', '.missing', '.broken', '..#9', '.1 assets']);
    expect(names([asset('alone', null, 1)])).toEqual(['alone']);
  });

  it('put an event under the shortest span that was under way, or beside them', () => {
    expect(names([span('a', null, 10, 90), span('b', 'a', 20, 10), event(25), event(5)])).toEqual([
      '#5',
      'a',
      '.b',
      '..#25',
    ]);
  });
});

describe('keeping an answer fresh', () => {
  it('asks at once, then once more for any number of changes, and never after it was stopped', async () => {
    let asked = 0;
    const reader = keepFresh(async () => {
      asked += 1;
    }, 5);
    for (let change = 0; change < 10; change++) reader.refresh();
    await expect.poll(() => asked).toBe(2);
    reader.refresh();
    reader.stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toBe(2);
  });
});
