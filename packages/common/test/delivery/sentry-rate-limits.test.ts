import { describe, expect, it } from 'vitest';
import { limitedUntil, updateRateLimits } from '../../../telemetry/src/destinations/sentry.ts';

const NOW = 1_700_000_000_000;
const after = (seconds: number) => NOW + seconds * 1000;

/** Seconds for which errors are limited after this answer, by header and status. */
function errorLimit(headers: Record<string, string>, status = 200): number {
  const until = limitedUntil(updateRateLimits({}, { status, headers }, NOW), 'error');
  return until === 0 ? 0 : (until - NOW) / 1000;
}

describe('X-Sentry-Rate-Limits', () => {
  it.each([
    ['60:error:organization', 60],
    ['60:transaction;error:key', 60],
    ['60:transaction:key, 2700:default;error;security:organization', 2700],
    ['60::organization', 60],
    ['60', 60],
    ['2.5:error', 2.5],
    [' 60 : error ; span : key ', 60],
    ['60:error:organization:quota_exceeded:custom:whatever:else', 60],
    ['60:transaction:key', 0],
    ['2700:metric_bucket:organization:quota_exceeded:custom', 0],
    ['60:unheard_of:organization', 0],
    ['0:error', 0],
    ['soon:error', 60],
    ['-5:error', 60],
    ['10:error, 60:all_of_them:key, 30:error', 30],
  ])('"%s" limits errors for %d seconds', (header, seconds) => {
    expect(errorLimit({ 'x-sentry-rate-limits': header })).toBe(seconds);
  });

  it.each([200, 413, 429, 500])('is read whatever the status is: %d', (status) => {
    expect(errorLimit({ 'x-sentry-rate-limits': '60:error' }, status)).toBe(60);
  });

  it('goes before Retry-After', () => {
    expect(errorLimit({ 'x-sentry-rate-limits': '60:span', 'retry-after': '90' }, 429)).toBe(0);
  });
});

describe('a 429 without it limits everything', () => {
  it.each([
    [{ 'retry-after': '90' }, 90],
    [{ 'retry-after': new Date(after(30)).toUTCString() }, 30],
    [{ 'retry-after': new Date(after(-30)).toUTCString() }, 0],
    [{ 'retry-after': 'later' }, 60],
    [{ 'retry-after': '' }, 60],
    [{}, 60],
  ])('%o: for %d seconds', (headers, seconds) => {
    expect(errorLimit(headers as Record<string, string>, 429)).toBe(seconds);
  });
});

it('a Retry-After of another status is none of its business', () => {
  expect(errorLimit({ 'retry-after': '90' }, 503)).toBe(0);
});

it('a limit is never shortened, and holds beside one of all categories', () => {
  const answer = (header: string) => ({ status: 200, headers: { 'x-sentry-rate-limits': header } });
  const first = updateRateLimits({}, answer('60:error, 20::organization'), NOW);
  const second = updateRateLimits(first, answer('10:error'), after(1));
  expect(limitedUntil(second, 'error')).toBe(after(60));
  expect(limitedUntil(second, 'span')).toBe(after(20));
  expect(limitedUntil(updateRateLimits(second, { status: 200, headers: {} }, after(2)), 'error')).toBe(after(60));
});
