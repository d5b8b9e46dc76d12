import { afterEach, describe, expect, it, vi } from 'vitest';
import { setConsent } from '../../src/consent/consent.ts';
import { KEPT_KEY, leaveBehind } from '../../src/eager/left-behind.ts';

const beacons: [path: string, body: string][] = [];
function stubBeacon(takes: boolean) {
  vi.stubGlobal('navigator', {
    onLine: true,
    sendBeacon: (path: string, body: string) => {
      if (takes) beacons.push([path, body]);
      return takes;
    },
  });
}

afterEach(() => {
  beacons.splice(0);
  vi.unstubAllGlobals();
  localStorage.clear();
});

const page = { token: 't1' };
const left = (calls: readonly unknown[]) => leaveBehind({ page, calls, path: '/o/q' });

describe('what is left behind', () => {
  it('goes by a beacon, and is stored nowhere', () => {
    stubBeacon(true);
    left(['a', 'b']);
    expect(beacons).toEqual([['/o/q', '{"token":"t1","calls":["a","b"]}']]);
    expect(localStorage).toHaveLength(0);
  });

  it('is parted when it is more than a beacon takes', () => {
    stubBeacon(true);
    const calls = Array.from({ length: 8 }, (_, number) => `${number}`.padEnd(10_000, 'x'));
    left(calls);
    expect(beacons.length).toBeGreaterThan(2);
    expect(beacons.every(([, body]) => body.length <= 30_000)).toBe(true);
    expect(beacons.flatMap(([, body]) => JSON.parse(body).calls)).toEqual(calls);
  });

  it('waits in storage when the browser takes no beacon, if that is allowed', () => {
    stubBeacon(false);
    left(['first']);
    left(['second']);
    setConsent({ analytics: false });
    left(['third']);
    setConsent({ analytics: true });
    expect(
      JSON.parse(localStorage.getItem(KEPT_KEY) ?? '').map(([, body]: [string, string]) => JSON.parse(body).calls),
    ).toEqual([['first'], ['second']]);
  });

  it('never fills the storage: the oldest stay', () => {
    stubBeacon(false);
    for (let number = 0; number < 10; number++) left([`${number}`.padEnd(20_000, 'x')]);
    const kept = localStorage.getItem(KEPT_KEY) ?? '';
    expect(kept.length).toBeLessThanOrEqual(100_000);
    expect(kept).toContain('"calls\\":[\\"0xx');
  });
});
