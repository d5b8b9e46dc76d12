import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { observe, startApp, startQrService } from './start-app.ts';

const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());
beforeEach(async () => {
  await settle();
  inbox.clear();
});

const A = 'AAAAAAAAAAAA';
const B = 'BBBBBBBBBBBB';
const C = 'CCCCCCCCCCCC';
const OUTSIDE = 'https://example.com/menu';

/** The service with codes that lead to these destinations. */
async function start(destinations: Readonly<Record<string, string>>) {
  const qrService = await startQrService(async ({ params: { id } }, reply) => {
    const destinationUrl = destinations[id];
    if (destinationUrl === undefined) return reply.code(404).send();
    return { id, ownerId: 'owner-1', destinationUrl, status: 'active', forwardsQuery: true };
  });
  return startApp(qrService.url).app;
}

/** Follows redirects as a browser does, which gives up after 20; every host is this service, unless its name begins with `example.`. */
async function visit(app: Awaited<ReturnType<typeof start>>, id: string) {
  let url = `https://qr.example/scan/${id}?utm_source=flyer`;
  for (let redirects = 0; redirects <= 20; redirects++) {
    const { host, pathname, search } = new URL(url);
    if (host.startsWith('example.')) return { url, status: 200, body: '' };
    const { statusCode, headers, body } = await app.inject({ url: pathname + search, headers: { host } });
    if (statusCode !== 302) return { url, status: statusCode, body };
    url = String(headers.location);
  }
  return { url, status: 0, body: 'too many redirects' };
}

const counted = async () => {
  await settle();
  return inbox.events().map(({ event, properties }) => [event, properties['qr_id'], properties['reason']]);
};

/** A scan address in every spelling that a browser, a proxy or a router reads as one. */
const spellings = (id: string) => [
  `https://qr.example/scan/${id}`,
  `http://qr.example:8080/scan/${id}`,
  `http://localhost:3004/scan/${id}`,
  `http://127.0.0.1:3000/scan/${id}`,
  `http://[::1]:3004/scan/${id}`,
  `https://go.customer.test/scan/${id}`,
  `https://go.customer.test/q/scan/${id}`,
  `https://qr.example/%73can/${id}`,
  `https://qr.example/%73%63%61%6e/%41${id.slice(1)}`,
  `https://qr.example/scan/${id}/`,
  `https://qr.example//scan//${id}`,
  `https://qr.example/x/../scan/${id}`,
  `https://qr.example/SCAN/${id}`,
  `https://qr.example/scan/${id}?again=1#part`,
];

describe('a loop of codes', () => {
  it.each(spellings(A))(
    'of one code that leads to %s ends at its first scan, which is counted as failed',
    async (own) => {
      const { status, body } = await visit(await start({ [A]: own }), A);
      expect(status).toBe(404);
      expect(body).toContain('This code leads back to itself');
      expect(await counted()).toEqual([['qr_scan_failed', A, 'loop']]);
    },
  );

  it('of two codes under different origins ends at the first scan of either', async () => {
    const app = await start({ [A]: `https://go.customer.test/scan/${B}`, [B]: `https://qr.example/%73can/${A}` });
    for (const id of [A, B]) expect((await visit(app, id)).status).toBe(404);
    expect(await counted()).toEqual([
      ['qr_scan_failed', A, 'loop'],
      ['qr_scan_failed', B, 'loop'],
    ]);
  });

  it('of three codes, or of two behind another, ends at the first scan', async () => {
    const next = (id: string) => `https://qr.example/scan/${id}`;
    expect((await visit(await start({ [A]: next(B), [B]: next(C), [C]: next(A) }), A)).status).toBe(404);
    expect((await visit(await start({ [A]: next(B), [B]: next(C), [C]: next(B) }), A)).status).toBe(404);
    expect(await counted()).toEqual(Array(2).fill(['qr_scan_failed', A, 'loop']));
  });

  it('is one failed scan however often it is in memory already', async () => {
    const app = await start({ [A]: `https://qr.example/scan/${B}`, [B]: `https://qr.example/scan/${A}` });
    for (let times = 0; times < 3; times++) await visit(app, A);
    expect(await counted()).toEqual(Array(3).fill(['qr_scan_failed', A, 'loop']));
  });

  it('through codes that lead elsewhere is none: one visit is at most two scans', async () => {
    const app = await start({ [A]: `https://qr.example/scan/${B}`, [B]: OUTSIDE });
    const { url, status } = await visit(app, A);
    expect([url, status]).toEqual([`${OUTSIDE}?utm_source=flyer`, 200]);
    expect(await counted()).toEqual([
      ['qr_scanned', A, undefined],
      ['qr_scanned', B, undefined],
    ]);
  });
});

describe('a destination that looks like a scan address', () => {
  it.each([
    `https://example.com/scan/${B}`,
    'https://example.com/scan/short',
    'https://example.com/scanner/AAAAAAAAAAAA',
    `https://example.com/?next=/scan/${A}`,
    `https://example.com/#/scan/${A}`,
    'https://example.com/%E0%A4%A/scan',
  ])('and is none of ours, such as %s, is followed', async (destinationUrl) => {
    const app = await start({ [A]: destinationUrl });
    expect((await app.inject(`/scan/${A}`)).headers.location).toBe(destinationUrl);
    expect(await counted()).toEqual([['qr_scanned', A, undefined]]);
  });

  it('is followed while qr-service cannot say whose it is', async () => {
    const destinationUrl = `https://qr.example/scan/${B}`;
    const qrService = await startQrService(async ({ params: { id } }, reply) =>
      id === A ? { id, ownerId: 'owner-1', destinationUrl, status: 'active' } : reply.code(500).send(),
    );
    const { app } = startApp(qrService.url);
    expect((await app.inject(`/scan/${A}`)).headers.location).toBe(destinationUrl);
  });
});
