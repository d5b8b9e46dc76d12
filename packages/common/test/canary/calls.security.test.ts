import * as common from '@qr/common';
import * as server from '@qr/common/server';
import { beforeAll, describe, expect, it } from 'vitest';
import { commonCalls } from './common-calls.ts';
import { notCalledOfCommon, notCalledOfSdk } from './not-called.ts';
import type { Answer } from './receiver.ts';
import { runCalls } from './run-calls.ts';
import { sdkCalls } from './sdk-calls.ts';
import { found } from './search.ts';
import { harmless, knownShapes, laterHarmless, laterShapes, needlesOf, plantedIn } from './secrets.ts';

/** Nothing of the caller's leaves by them. */
const WITHOUT_CONTROL = [
  ...[
    'Sentry.profiler.startProfiler',
    'Sentry.profiler.stopProfiler',
    'Sentry.setHttpStatus',
    'Sentry.captureFeedback',
  ],
];
/** What they make is sent or lost: only errors and analytics wait on the disk. */
const NEVER_STORED =
  /^Sentry\.(?:logger\.|metrics\.|capture(?:CheckIn|Feedback)$|consoleLogging|create|get(?:Active|Root)Span$|httpHeaders|setAttributes?$|start(?:Inactive|)Span(?:Manual)?$|updateSpanName$|withActiveSpan$)/;

const calls = [
  ...Object.keys(commonCalls).map((name) => `common.${name}`),
  ...Object.keys(sdkCalls).map((name) => `Sentry.${name}`),
];
const callNeedles = calls.flatMap(needlesOf);
const needles = [...callNeedles, ...needlesOf('server'), ...Object.values(knownShapes).map(({ needle }) => needle)];
const laterNeedles = Object.values(laterShapes).map(({ needle }) => needle);
const controlsOf = (names: readonly string[]) => [
  ...names.filter((name) => !WITHOUT_CONTROL.includes(name)).map((name) => plantedIn(name).control),
  ...[...Object.keys(knownShapes), ...Object.keys(laterShapes)].map((name) => `shape-${name}-arrives`),
  plantedIn('server').control,
];
const controls = {
  sent: controlsOf(calls),
  stored: controlsOf(calls.filter((name) => !NEVER_STORED.test(name))),
};

describe('the canary', () => {
  it('plants at least 60 different secrets, some by every function that takes anything from its caller', () => {
    expect(new Set(needles).size).toBeGreaterThanOrEqual(60);
    expect(new Set([...needles, ...laterNeedles]).size).toBe(needles.length + laterNeedles.length);
    expect(controls.stored.length).toBeGreaterThan(60);
    expect(new Set(controls.sent).size).toBe(controls.sent.length);
  });

  it.each([
    ['the SDK', functionsOf(common.Sentry), Object.keys(sdkCalls), Object.keys(notCalledOfSdk)],
    [
      '@qr/common',
      functionsOf({ ...common, ...server, Sentry: null }),
      Object.keys(commonCalls),
      Object.keys(notCalledOfCommon),
    ],
  ])('calls every function of %s, or says why not', (_what, exported, called, notCalled) => {
    const known = new Set([...called, ...notCalled]);
    expect(exported.filter((name) => !known.has(name))).toEqual([]);
    expect(called.filter((name) => notCalled.includes(name))).toEqual([]);
  });
});

describe.each(['takes', 'is away', 'refuses'] as const)('while the receiver %s what is sent', (answer: Answer) => {
  let run: Awaited<ReturnType<typeof runCalls>>;
  beforeAll(async () => {
    run = await runCalls(answer);
  }, 300_000);

  it('every call returns', () => {
    expect(run.output).toContain(`planted: ${calls.length} calls`);
    expect(run.output.match(/^failed: .*/gm) ?? []).toEqual([]);
  });

  it('no secret is on the wire, in the spool, among dead letters or in the output', () => {
    expect(found(run.wire, needles)).toEqual([]);
    expect(found(run.spool, needles)).toEqual([]);
    expect(found(run.deadLetters, needles)).toEqual([]);
    expect(found([Buffer.from(run.output)], callNeedles)).toEqual([]);
  });

  it('nor are secrets that take the whole table of rules to be known', () => {
    const everything = [...run.wire, ...run.spool, ...run.deadLetters, Buffer.from(run.output)];
    expect(found(everything, laterNeedles)).toEqual([]);
  });

  it('and lines of the log hold none of what a request and its error say', () => {
    expect(found([Buffer.from(run.output)], needlesOf('server'))).toEqual([]);
    expect(run.output).toContain(plantedIn('server').control);
  });

  it('what is harmless arrives whole, in the place where it belongs', () => {
    const places = { takes: run.wire, 'is away': run.spool, refuses: run.deadLetters };
    const expected = answer === 'takes' ? controls.sent : controls.stored;
    expect(found(places[answer], expected)).toEqual(expected);
    const texts = harmless.map((text) => `harmless <${text}>`);
    expect(found(places[answer], texts)).toEqual(texts);
  });

  it('and so does what is harmless in a way that takes the whole table of rules to be known', () => {
    const places = { takes: run.wire, 'is away': run.spool, refuses: run.deadLetters };
    const texts = laterHarmless.map((text) => `harmless <${text}>`);
    expect(found(places[answer], texts)).toEqual(texts);
  });
});

/** `captureException`, `metrics.count`. */
function functionsOf(module: object): string[] {
  return Object.entries(module).flatMap(([name, value]) => {
    if (typeof value === 'function') return [name];
    if (typeof value !== 'object' || value === null) return [];
    return Object.keys(value).flatMap((key) => (typeof value[key] === 'function' ? [`${name}.${key}`] : []));
  });
}
