import { expect, it } from 'vitest';
import { readAcknowledgement } from '../../src/delivery/acknowledgement.ts';

it.each([
  ['{"code":200,"num_records_imported":2,"status":"OK"}', 'accepted'],
  ['{"status":1,"error":null}', 'accepted'],
  ['{"status":"ok","results":{"task_id":"1"}}', 'accepted'],
  ['1', 'accepted'],
  ['', 'accepted'],
  ['{"status":0,"error":"some data points failed"}', 'refused'],
  ['0\n', 'refused'],
  ['<!doctype html><title>Sign in</title>', 'foreign'],
  ['{"code":200,"num_rec', 'foreign'],
  ['{"login":"/portal"}', 'foreign'],
  ['"OK"', 'foreign'],
  ['null', 'foreign'],
])('%j is %s', (body, acknowledgement) => {
  expect(readAcknowledgement(body)).toBe(acknowledgement);
});
