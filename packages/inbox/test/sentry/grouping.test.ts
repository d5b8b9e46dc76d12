import { describe, expect, it } from 'vitest';
import { issueIdOf } from '../../src/sentry/grouping.ts';
import { errorEvent } from '../requests.ts';

describe('two errors are one issue', () => {
  const base = errorEvent('TypeError', 'x is undefined', 'scan');

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['with the same fingerprint', { ...base, fingerprint: ['db'] }, { message: 'other', fingerprint: ['db'] }],
    ['with the same stack and type, whatever the value', base, errorEvent('TypeError', 'y is undefined', 'scan')],
    ['with the default fingerprint spelled out', base, { ...base, fingerprint: ['{{ default }}'] }],
    ['without a stack, with the same type and value', exception('A', 'b'), exception('A', 'b')],
    ['with the same message before its parameters', logentry('hi %s', 'hi Ann'), logentry('hi %s', 'hi Bob')],
    ['with equal plain messages', { message: 'hello' }, { message: 'hello' }],
  ])('%s', (_what, left, right) => {
    expect(issueIdOf(left)).toBe(issueIdOf(right));
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['another function threw', base, errorEvent('TypeError', 'x is undefined', 'publish')],
    ['the type differs', base, errorEvent('RangeError', 'x is undefined', 'scan')],
    ['the fingerprint refines the default', base, { ...base, fingerprint: ['{{ default }}', 'eu'] }],
    ['without a stack, the value differs', exception('A', 'b'), exception('A', 'c')],
    ['the message differs', { message: 'hello' }, { message: 'bye' }],
  ])('but two when %s', (_what, left, right) => {
    expect(issueIdOf(left)).not.toBe(issueIdOf(right));
  });

  it("of frames that are not the application's own nothing depends", () => {
    const library = { function: 'run', filename: 'node_modules/x.js', in_app: false };
    expect(issueIdOf(withFrame(base, library))).toBe(issueIdOf(base));
  });
});

function exception(type: string, value: string): Record<string, unknown> {
  return { exception: { values: [{ type, value }] } };
}

function logentry(message: string, formatted: string): Record<string, unknown> {
  return { logentry: { message, formatted } };
}

function withFrame(event: Record<string, unknown>, frame: unknown): Record<string, unknown> {
  const copy = structuredClone(event) as { exception: { values: { stacktrace: { frames: unknown[] } }[] } };
  copy.exception.values[0]?.stacktrace.frames.unshift(frame);
  return copy;
}
