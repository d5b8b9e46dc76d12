import { expect, it } from 'vitest';
import type { StoredEvent } from './chaos/inbox-records.ts';
import type { Asked } from './chaos/load.ts';
import { report } from './chaos/report.ts';

const code = 'code-1';
const window = { name: 'SIGKILL x', sparesScans: true, start: 1000, end: 2000, kills: [1500] };

function scan(at: number, traceId: string, status: number | undefined = 302): Asked {
  return { kind: 'scan', target: code, at, ms: 10, status, traceId };
}
function event(traceId: string, changes: Partial<StoredEvent> = {}): StoredEvent {
  const properties = { trace_id: traceId, qr_id: code };
  return { event: 'qr_scanned', distinctId: 'd', time: 1, insertId: traceId, receivedAt: 5000, properties, ...changes };
}
function judge(asked: readonly Asked[], events: readonly StoredEvent[], scans = events.length, errors = 0) {
  return report({ seed: 1, asked, windows: [window], events, ofOwner: new Map([[code, scans]]), errors });
}

it('nothing is wrong when all that was answered has arrived', () => {
  const { findings, lost, isDelivered, rows } = judge([scan(1100, 'a'), scan(1200, 'b')], [event('a'), event('b')]);
  expect([findings, lost, isDelivered]).toEqual([[], 0, true]);
  expect(rows).toMatchObject([{ fault: 'SIGKILL x', requests: 2, failed: 0, tracked: 2, delivered: 2, lost: 0 }]);
});

it('an answered scan without its event is lost', () => {
  const { findings, lost, isDelivered } = judge([scan(1100, 'a'), scan(1200, 'b')], [event('a')]);
  expect([lost, isDelivered]).toEqual([1, false]);
  expect(findings).toEqual([expect.stringMatching(/^A scan that was answered at .* is lost/)]);
});

it('one that was answered within 50 ms of a kill may be', () => {
  const { findings, lost, lostYoung } = judge([scan(1480, 'a')], []);
  expect([findings, lost, lostYoung]).toEqual([[], 0, 1]);
  expect(judge([scan(1430, 'a')], []).lost).toBe(1);
  expect(judge([scan(1520, 'a')], []).lost).toBe(1);
});

it('a scan that fails where every scan must be answered is told of', () => {
  expect(judge([scan(1100, 'a', 502)], []).findings).toEqual(['1 scans failed while "SIGKILL x", with 502.']);
  expect(judge([scan(2100, 'a', 502)], []).findings).toEqual([]);
});

it('copies must be equal, and no more than what was under way', () => {
  const same = [event('a'), event('a', { receivedAt: 6000 })];
  const once = judge([scan(1100, 'a')], same, 1);
  expect([once.findings, once.duplicated]).toEqual([[], 1]);
  expect(judge([scan(1100, 'a')], [event('a'), event('a', { time: 2 })], 1).findings).toEqual([
    '1 events arrived in copies that differ.',
  ]);
  const many = Array.from({ length: 14 }, (_, copy) => event('a', { receivedAt: 5000 + copy }));
  expect(judge([scan(1100, 'a')], many, 1).findings).toEqual([expect.stringContaining('13 batches were sent again')]);
});

it('the owner must see what the inbox has, each event once', () => {
  expect(judge([scan(1100, 'a')], [event('a')], 2).findings).toEqual([
    'The owner of code-1 sees 2 scans, the inbox has 1.',
  ]);
});

it('errors add up: those answered, and at most those whose answer was cut off', () => {
  const error = (status: number | undefined): Asked => ({ ...scan(1100, 'e'), kind: 'error', status });
  const asked = [error(500), error(500), error(undefined)];
  expect(judge(asked, [], 0, 2).findings).toEqual([]);
  expect(judge(asked, [], 0, 3).findings).toEqual([]);
  for (const errors of [1, 4]) {
    expect(judge(asked, [], 0, errors).findings).toEqual([
      `2 errors were answered and 1 requests were not; ${errors} were sent or counted.`,
    ]);
  }
});
