import { afterEach, describe, expect, it, vi } from 'vitest';
import { setConsent } from '../../src/eager/consent.ts';
import { KEPT_KEY, leaveBehind } from '../../src/eager/leaving.ts';

const beacons: [path: string, body: string][] = [];
function stubBeacon(takes: (body: string) => boolean) {
  vi.stubGlobal('navigator', {
    onLine: true,
    sendBeacon: (path: string, body: string) => {
      if (takes(body)) beacons.push([path, body]);
      return takes(body);
    },
  });
}

afterEach(() => {
  beacons.splice(0);
  vi.unstubAllGlobals();
  localStorage.clear();
});

const page = { token: 't1' };
const left = (names: readonly string[], mayKeep = true) =>
  leaveBehind(
    { page, path: '/o/q' },
    names.map((name) => ({ name })),
    mayKeep,
  );
const namesIn = (body: string): string[] => JSON.parse(body).calls.map(({ name }: { name: string }) => name);

describe('what is left behind', () => {
  it('goes by a beacon, and is stored nowhere', () => {
    stubBeacon(() => true);
    expect(left(['a', 'b'])).toBe(2);
    expect(beacons).toEqual([['/o/q', '{"token":"t1","calls":[{"name":"a"},{"name":"b"}]}']]);
    expect(localStorage).toHaveLength(0);
  });

  it('goes to the own origin, wherever the SDKs send', () => {
    stubBeacon(() => true);
    for (const path of ['https://proxy.example/mp/q', 'http://localhost:3000/o/q', 'o/q']) {
      leaveBehind({ page, path }, [{ name: 'a' }], true);
    }
    expect(beacons.map(([path]) => path)).toEqual(['/mp/q', '/o/q', '/o/q']);
  });

  it('is parted when it is more than a beacon takes, in bytes', () => {
    stubBeacon(() => true);
    const names = Array.from({ length: 12 }, (_, number) => `${number}`.padEnd(6000, '漢'));
    expect(left(names)).toBe(12);
    expect(beacons.length).toBeGreaterThan(2);
    expect(beacons.every(([, body]) => Buffer.byteLength(body) <= 65_536)).toBe(true);
    expect(beacons.flatMap(([, body]) => namesIn(body))).toEqual(names);
  });

  it('is cut where a single text is longer than any beacon', () => {
    stubBeacon(() => true);
    left(['x'.repeat(100_000)]);
    expect(namesIn(beacons[0]?.[1] ?? '')).toEqual(['x'.repeat(8000)]);
  });

  it('stays in memory from the first part on that no beacon takes, when it may not be stored', () => {
    const names = Array.from({ length: 12 }, (_, number) => `${number}`.padEnd(6000, 'x'));
    stubBeacon((body) => !body.includes('"6xxx'));
    const gone = left(names, false);
    expect(gone).toBeLessThan(7);
    expect(beacons.flatMap(([, body]) => namesIn(body))).toEqual(names.slice(0, gone));
    expect(localStorage).toHaveLength(0);
  });

  it('waits in storage when the browser takes no beacon, if that is allowed', () => {
    stubBeacon(() => false);
    expect(left(['first'])).toBe(1);
    expect(left(['second'])).toBe(1);
    setConsent({ analytics: false });
    expect(left(['third'])).toBe(0);
    setConsent({ analytics: true });
    const kept = JSON.parse(localStorage.getItem(KEPT_KEY) ?? '') as [string, string, number][];
    expect(kept.map(([, body]) => namesIn(body))).toEqual([['first'], ['second']]);
    expect(kept[0]?.[2]).toBeCloseTo(Date.now(), -3);
  });

  it('never fills the storage: the oldest stay', () => {
    stubBeacon(() => false);
    for (let number = 0; number < 20; number++) left([`${number}`.padEnd(8000, 'x')]);
    const kept = localStorage.getItem(KEPT_KEY) ?? '';
    expect(kept.length).toBeLessThanOrEqual(100_000);
    expect(kept).toContain('0xxx');
    expect(kept).not.toContain('19xxx');
  });
});
