import { createHash } from 'node:crypto';
import { postgresAvailable } from '@qr/database/testing';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { micrositeBaseUrl, observe, startApp } from './start-app.ts';

// Both kinds are tried in microsites.test.ts; on a server a database is there at once.
const kind = (await postgresAvailable()) ? 'postgres' : 'embedded';
const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());
let running: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  running = await startApp(kind);
});
afterAll(() => running.stop());
beforeEach(async () => {
  await settle();
  inbox.clear();
});

const cafe = {
  title: 'Corner Cafe',
  description: 'Open from nine',
  links: [
    { label: 'Menu', url: 'https://example.com/menu?a=1&b=2' },
    { label: 'מפה', url: 'https://münchen.example/' },
  ],
};

/** A page as a browser reads it, scripts and all. */
async function open(slug: string) {
  const response = await running.view(slug);
  const { window } = new JSDOM(response.body, { runScripts: 'dangerously', url: 'https://qr.example/' });
  return { response, window, document: window.document };
}
const publish = async (microsite: object) => (await (await running.logIn()).published(microsite)).slug;

describe('the page of a microsite', () => {
  it('shows title, description and links, which tell the other side nothing', async () => {
    const { response, document } = await open(await publish(cafe));
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(document.compatMode).toBe('CSS1Compat');
    expect(document.documentElement.lang).toBe('en');
    expect(document.title).toBe('Corner Cafe');
    expect(document.querySelector('main > h1')?.textContent).toBe('Corner Cafe');
    expect(document.querySelector('main > p')?.textContent).toBe('Open from nine');
    const links = [...document.querySelectorAll('main li > a')].map((link) => ({
      href: link.getAttribute('href'),
      label: link.querySelector('span')?.textContent,
      host: link.querySelector('small')?.textContent,
      rel: link.getAttribute('rel'),
    }));
    const rel = 'noopener noreferrer nofollow ugc';
    expect(links).toEqual([
      { href: 'https://example.com/menu?a=1&b=2', label: 'Menu', host: 'example.com', rel },
      { href: 'https://xn--mnchen-3ya.example/', label: 'מפה', host: 'xn--mnchen-3ya.example', rel },
    ]);
  });

  it('describes itself to link previews and search engines', async () => {
    const slug = await publish(cafe);
    const { document } = await open(slug);
    const url = `${micrositeBaseUrl}/m/${slug}`;
    const said = (selector: string) => document.querySelector(selector)?.getAttribute('content');
    expect(document.querySelector('link[rel=canonical]')?.getAttribute('href')).toBe(url);
    expect(said('meta[property="og:url"]')).toBe(url);
    expect(said('meta[property="og:type"]')).toBe('website');
    expect(said('meta[property="og:title"]')).toBe('Corner Cafe');
    expect(said('meta[property="og:description"]')).toBe('Open from nine');
    expect(said('meta[name=description]')).toBe('Open from nine');
    expect(said('meta[name=viewport]')).toBe('width=device-width, initial-scale=1');
  });

  it('has no empty place where a description would be', async () => {
    const { document } = await open(await publish({ ...cafe, description: '  ' }));
    expect(document.querySelector('main > p, meta[property="og:description"], meta[name=description]')).toBeNull();
  });

  it('may show its one style and nothing else, by its headers', async () => {
    const { response, document } = await open(await publish(cafe));
    const styles = [...document.querySelectorAll('style')].map(({ textContent }) => textContent ?? '');
    expect(styles).toHaveLength(1);
    const hash = createHash('sha256')
      .update(styles[0] ?? '')
      .digest('base64');
    expect(response.headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(document.querySelector('[style], script, iframe, img, link:not([rel=canonical])')).toBeNull();
  });

  it.each([
    '<script>window.broken = true</script>',
    '</title><script>window.broken = true</script>',
    '</style></head><body><script>window.broken = true</script>',
    '<img src=x onerror="window.broken = true">',
    '" autofocus onfocus="window.broken = true" x="',
    "' onmouseover='window.broken = true' x='",
    'javascript:window.broken=true',
    '&lt;script&gt;window.broken = true&lt;/script&gt; &amp; &#39;',
    '<!--<svg onload=window.broken=true>-->',
    '`+(window.broken=true)+` \\u003cscript>',
    '$& $1 $$ {{broken}}',
  ])('shows %j as it was typed, wherever it was typed', async (text) => {
    const url = 'https://example.com/"onclick="window.broken=true"><script>window.broken=true</script>';
    const { document, window } = await open(
      await publish({ title: text, description: text, links: [{ label: text, url }] }),
    );
    const said = (selector: string) => document.querySelector(selector)?.getAttribute('content');
    expect(document.title).toBe(text);
    expect(document.querySelector('h1')?.textContent).toBe(text);
    expect(document.querySelector('main > p')?.textContent).toBe(text);
    expect(document.querySelector('a > span')?.textContent).toBe(text);
    expect(said('meta[property="og:title"]')).toBe(text);
    expect(said('meta[property="og:description"]')).toBe(text);
    expect(said('meta[name=description]')).toBe(text);

    // Nothing but what every page has: no element and no attribute came from the text.
    const { document: plain } = await open(await publish({ ...cafe, links: cafe.links.slice(0, 1) }));
    expect(shape(document)).toEqual(shape(plain));
    expect(document.querySelector('a')?.getAttribute('href')).toBe(new URL(url).href);
    expect('broken' in window).toBe(false);
  });

  it('is not sent again to whoever has it, and is again once it has changed', async () => {
    const owner = await running.logIn();
    const { id, slug } = await owner.published(cafe);
    const first = await running.view(slug);
    const etag = String(first.headers.etag);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    expect(first.headers['cache-control']).toBe('no-cache');
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await running.view(slug, { 'if-none-match': known });
      expect([response.statusCode, response.body, response.headers.etag]).toEqual([304, '', etag]);
    }
    expect((await running.view(slug, { 'if-none-match': '"other"' })).statusCode).toBe(200);
    await owner.ask('PATCH', `/microsites/${id}`, { title: 'Corner Bar' });
    await owner.ask('POST', `/microsites/${id}/publish`);
    const changed = await running.view(slug, { 'if-none-match': etag });
    expect(changed.statusCode).toBe(200);
    expect(changed.headers.etag).not.toBe(etag);
    await settle();
    expect(inbox.events().filter(({ event }) => event === 'microsite_viewed')).toHaveLength(7);
  });
});

describe('a view', () => {
  const iphone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1';
  const address = '203.0.113.77';

  it('is told of with the kind of visitor and the code that led here, and without the visitor', async () => {
    const { id, slug } = await (await running.logIn()).published(cafe);
    await running.view(`${slug}?qr=LUNCH-menu_1&utm=private-campaign`, {
      'user-agent': iphone,
      'x-forwarded-for': address,
      'cf-ipcountry': 'DE',
      referer: 'https://private.example/page',
    });
    await settle();
    expect(inbox.rejected()).toEqual([]);
    const event = inbox.events().at(-1);
    expect(event).toMatchObject({
      event: 'microsite_viewed',
      distinctId: expect.stringMatching(/^\$device:[0-9a-f]{32}$/),
      properties: {
        microsite_id: id,
        qr_id: 'LUNCH-menu_1',
        device_type: 'mobile',
        browser: 'Safari',
        country: 'DE',
        is_bot: false,
        service: 'microsite-service',
      },
    });
    const bytes = inbox.raw().map(({ url, headers, body }) => `${url}\n${JSON.stringify(headers)}\n${body}`);
    expect(bytes.length).toBeGreaterThan(0);
    for (const secret of [address, 'iPhone OS', 'private', slug]) expect(bytes.join('\n')).not.toContain(secret);
  });

  it.each(['short', 'x'.repeat(65), 'AAAAAAAA%00', '%3Cscript%3E', 'AAAAAAAAAAAA&qr=BBBBBBBBBBBB', ''])(
    'that says it came by the code %s shows the page, and tells of no code',
    async (qr) => {
      const slug = await publish(cafe);
      expect((await running.view(`${slug}?qr=${qr}`)).statusCode).toBe(200);
      await settle();
      const event = inbox.events().at(-1);
      expect(event?.event).toBe('microsite_viewed');
      expect(event?.properties).not.toHaveProperty('qr_id');
    },
  );

  it('is not what a link checker does with HEAD, which learns the same', async () => {
    const slug = await publish(cafe);
    await settle();
    inbox.clear();
    const response = await running.app.inject({ method: 'HEAD', url: `/m/${slug}` });
    expect([response.statusCode, response.body]).toEqual([200, '']);
    await settle();
    expect(inbox.events()).toEqual([]);
    const viewed = await running.view(slug);
    for (const name of ['content-length', 'content-type', 'etag', 'cache-control', 'content-security-policy']) {
      expect(response.headers[name]).toBe(viewed.headers[name]);
    }
  });

  it('is not what a browser does in advance', async () => {
    const slug = await publish(cafe);
    await settle();
    inbox.clear();
    const response = await running.app.inject({ url: `/m/${slug}`, headers: { 'sec-purpose': 'prefetch;prerender' } });
    expect(response.statusCode).toBe(200);
    await settle();
    expect(inbox.events()).toEqual([]);
  });

  it.each(['nobody-has-this', 'No', 'UPPER', 'a%2F..%2Fb', '%00%00%00', `${'x'.repeat(51)}`, '%3Cscript%3E'])(
    'of %s, where nothing is, gets a page that says so, is not kept and is not told of',
    async (slug) => {
      const { response, document } = await open(slug);
      expect(response.statusCode).toBe(404);
      expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(response.headers['cache-control']).toBe('no-store');
      expect(response.headers['content-security-policy']).toContain("default-src 'none'");
      expect(document.querySelector('main > h1')?.textContent).toBe('There is no page here');
      expect(document.title).toBe('There is no page here');
      await settle();
      expect(inbox.events()).toEqual([]);
      expect(inbox.errors()).toEqual([]);
    },
  );
});

/** Every element of a page with the names of its attributes. */
function shape(document: Document): string[] {
  return [...document.querySelectorAll('*')].map((element) =>
    [element.tagName, ...element.getAttributeNames()].join(' '),
  );
}
