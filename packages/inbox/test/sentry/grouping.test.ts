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
    ['with the same checksum', { message: 'a', checksum: 'c1' }, { message: 'b', checksum: 'c1' }],
    [
      'with messages that differ in numbers and ids',
      { message: 'user 17 after 301ms' },
      { message: 'user 4 after 12ms' },
    ],
    [
      'with values that differ in an id, an address and a time',
      exception('A', 'no 9ec79c33-ec99-42ab-8353-589fcb2e04dc at 10.0.0.7 since 2026-01-01T10:00:00Z'),
      exception('A', 'no 11111111-2222-4333-8444-555555555555 at 10.20.0.9 since 2026-05-07T23:59:59Z'),
    ],
    ['with the same frames of a library, when there are no others', library('run', 'a'), library('run', 'b')],
    [
      'in builds of a bundle with other hashes',
      fileStack('assets/index-a1b2c3d4.js'),
      fileStack('assets/index-9f8e7d6c.js'),
    ],
    ['with lambdas that a compiler has numbered', javaStack('lambda$main$0'), javaStack('lambda$main$7')],
  ])('%s', (_what, left, right) => {
    expect(issueIdOf(left)).toBe(issueIdOf(right));
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['another function threw', base, errorEvent('TypeError', 'x is undefined', 'publish')],
    ['the type differs', base, errorEvent('RangeError', 'x is undefined', 'scan')],
    ['the fingerprint refines the default', base, { ...base, fingerprint: ['{{ default }}', 'eu'] }],
    ['without a stack, the value differs', exception('A', 'b'), exception('A', 'c')],
    ['the message differs', { message: 'hello' }, { message: 'bye' }],
    ['the frames of a library differ, when there are no others', library('run', 'a'), library('walk', 'a')],
    ['the cause differs', caused('IOError'), caused('TimeoutError')],
    ['the source line differs', lineStack('await save()'), lineStack('await load()')],
    ['the templates differ', logentry('hi %s', 'hi'), logentry('ho %s', 'hi')],
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

/** Without a frame of the application. */
function library(name: string, value: string): Record<string, unknown> {
  const frames = [{ module: 'lib', function: name, in_app: false }];
  return { exception: { values: [{ type: 'E', value, stacktrace: { frames } }] } };
}

function fileStack(filename: string): Record<string, unknown> {
  return withFrames([{ filename, function: 'f', in_app: true }]);
}

function javaStack(name: string): Record<string, unknown> {
  return withFrames([{ module: 'com.example.App', function: name, in_app: true }]);
}

function lineStack(line: string): Record<string, unknown> {
  return {
    platform: 'node',
    ...withFrames([{ module: 'app', function: 'f', context_line: `  ${line}`, in_app: true }]),
  };
}

function withFrames(frames: object[]): Record<string, unknown> {
  return { exception: { values: [{ type: 'E', stacktrace: { frames } }] } };
}

function caused(cause: string): Record<string, unknown> {
  const [main] = (errorEvent('E', 'x', 'f')['exception'] as { values: object[] }).values;
  return { exception: { values: [{ type: cause, value: 'closed' }, main] } };
}

function logentry(message: string, formatted: string): Record<string, unknown> {
  return { logentry: { message, formatted } };
}

function withFrame(event: Record<string, unknown>, frame: unknown): Record<string, unknown> {
  const copy = structuredClone(event) as { exception: { values: { stacktrace: { frames: unknown[] } }[] } };
  copy.exception.values[0]?.stacktrace.frames.unshift(frame);
  return copy;
}
