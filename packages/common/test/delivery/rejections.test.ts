import { expect, it } from 'vitest';
import { readRejections } from '../../src/delivery/rejections.ts';

it('names the refused records by index, and the first reason', () => {
  const body = JSON.stringify({
    code: 400,
    error: 'some data points in the request failed validation',
    failed_records: [
      { index: 1, insert_id: 'a', field: 'properties.time', message: "'properties.time' is invalid" },
      { index: 1, $insert_id: 'a', field: 'properties.x', message: 'again' },
      { index: 3, message: 'too old' },
    ],
    num_records_imported: 2,
  });
  const { indexes, reason, details } = readRejections(body, 4);
  expect([indexes, reason]).toEqual([[1, 3], "'properties.time' is invalid"]);
  expect(details.get(3)).toEqual({ reason: 'too old' });
  expect(details.get(1)).toEqual({ reason: "'properties.time' is invalid", field: 'properties.time' });
});

it('ignores indexes that cannot be', () => {
  const body = '{"failed_records":[{"index":9},{"index":-1},{"index":"1"},{},null,7,{"index":1}]}';
  expect(readRejections(body, 2).indexes).toEqual([1]);
});

it.each(['', 'Bad Request', '{"error":"no"}', '[]', 'null', '{"failed_records":[]}', '{"failed_records":[null]}'])(
  'takes all records as refused when the answer %j names none',
  (body) => {
    expect(readRejections(body, 2).indexes).toBe('all');
  },
);
