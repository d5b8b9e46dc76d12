import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isBrowserAvailable, openBrowser } from '../../../../e2e/browser.ts';
import { type FixturePage, startFixturePage } from './fixture-page.ts';

/** Typed into the ten fields of three forms; at least ten have no shape by which they could be known. */
const forms = [0, 1, 2].map((round) => ({
  name: `Zebedee${round} Quillfeather`,
  note: `hush-note-${round}-marzipan`,
  search: `seek${round}periwinkle`,
  body: `posted${round}bramblewick`,
  password: `pw-${round}-correct-horse`,
  email: `zeb${round}.quill@private.example`,
  card: ['4111 1111 1111 1111', '5500 0000 0000 0004', '3400 0000 0000 009'][round] ?? '',
  address: `${round}7 Larkspur Crescent`,
  phone: `+44 20 7946 09${round}8`,
  free: `wistful${round}gossamer`,
}));
const secrets = forms.flatMap((form) => Object.values(form));

/** Must be there: else the search would find nothing whatever leaked. */
const controls = [
  '/form',
  'page_viewed',
  'web',
  'http.client',
  'Refused',
  'replay_event',
  '"test"',
  'javascript',
  'pageload',
  'POST',
];

describe.skipIf(!isBrowserAvailable())('what is typed into a page', () => {
  let fixture: FixturePage;
  let sent: readonly string[];

  beforeAll(async () => {
    fixture = await startFixturePage();
    const browser = await openBrowser();
    const bodies: Buffer[] = [];
    const page = await browser.context.newPage();
    // What leaves the browser, before any server of ours can clean it.
    page.on('request', (request) => {
      const body = request.postDataBuffer();
      if (request.url().includes('/o/') && body) bodies.push(body);
      if (request.url().includes('/o/')) bodies.push(Buffer.from(request.url()));
    });
    await page.goto(`${fixture.origin}/form`);
    await page.evaluate('setConsent({ analytics: true, replay: true })');
    await page.evaluate('setTimeout(() => { throw new Error("wakes the SDK") })');
    await fixture.inbox.waitFor((inbox) => inbox.errors().length > 0, 15_000);
    const hasRecorder = () => fixture.seen.some(({ url }) => url.includes('/assets/replay'));
    await vi.waitFor(() => expect(hasRecorder()).toBe(true), 10_000);
    for (const form of forms) {
      for (const [name, value] of Object.entries(form)) await page.getByLabel(name, { exact: true }).fill(value);
      await page.getByText('send', { exact: true }).click();
      await page.waitForTimeout(300);
    }
    // The SDK writes a recording down every five seconds.
    await fixture.inbox.waitFor((inbox) => inbox.items('replay_event').length > 0, 20_000);
    await page.goto('about:blank');
    await page.waitForTimeout(1000);
    await browser.close();
    const received = fixture.inbox.raw().map(({ body }) => Buffer.from(body));
    sent = [...bodies, ...received].flatMap(readings);
  }, 90_000);
  afterAll(() => fixture?.close());

  it('is in nothing that leaves it, recordings included', () => {
    const found = secrets.filter((secret) =>
      sent.some((text) => text.includes(secret) || text.includes(secret.replaceAll(' ', ''))),
    );
    expect(found).toEqual([]);
  });

  it.each(controls)('would be found, as %s is', (control) => {
    expect(sent.some((text) => text.includes(control))).toBe(true);
  });
});

/** Every way in which bytes can hold a text: compressed, as base64, encoded for forms and URLs, escaped in JSON. */
function readings(bytes: Buffer): string[] {
  const plain = [
    bytes,
    ...[gunzipSync, inflateSync, brotliDecompressSync].flatMap((undo) => attempt(() => undo(bytes))),
  ];
  return plain.flatMap((buffer) => {
    const text = buffer.toString('utf8');
    const decoded = attempt(() => decodeURIComponent(text.replaceAll('+', ' ').replace(/%(?![0-9A-Fa-f]{2})/g, '%25')));
    const unescaped = text.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    const base64 = (text.match(/[A-Za-z0-9+/=]{24,}/g) ?? []).map((part) =>
      Buffer.from(part, 'base64').toString('utf8'),
    );
    return [text, ...decoded, unescaped, ...base64];
  });
}

function attempt<T>(make: () => T): T[] {
  try {
    return [make()];
  } catch {
    return [];
  }
}
