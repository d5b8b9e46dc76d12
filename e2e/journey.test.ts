import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seriousProblems } from './app/accessibility.ts';
import { isBrowserAvailable, openBrowser } from './browser.ts';
import { runPlatform } from './running-platform.ts';

interface StoredEvent {
  readonly event: string;
  readonly time: number;
  readonly distinctId: string;
  readonly properties: Record<string, unknown>;
}
interface StoredError {
  readonly eventId: string;
  readonly value: string;
  readonly userId: string | null;
}
interface StoredIssue {
  readonly service: string | null;
  readonly latest: { readonly frames: readonly Record<string, unknown>[] };
}
interface StoredSpan {
  readonly traceId: string;
  readonly name: string;
  readonly service: string | null;
}

const person = { email: 'ada.lovelace@mail.example', password: 'correct-horse-battery', name: 'Ada Lovelace' };
const screenshots = join(import.meta.dirname, 'screenshots');

describe.skipIf(!isBrowserAvailable())('a person in a browser', () => {
  let platform: Awaited<ReturnType<typeof runPlatform>>;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let page: Page;
  let shownErrorId: string | null;

  async function ask<T>(path: string): Promise<T> {
    const response = await fetch(`${platform.inbox}${path}`);
    return (await response.json()) as T;
  }
  const events = async () => (await ask<{ events: StoredEvent[] }>('/api/events?limit=1000')).events;
  const spans = async () => (await ask<{ spans: StoredSpan[] }>('/api/spans?limit=1000')).spans;
  const named = async (name: string) => (await events()).filter(({ event }) => event === name);

  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    platform = await runPlatform();
    browser = await openBrowser();
    page = await browser.context.newPage();

    await page.goto(platform.app);
    await page.getByRole('link', { name: 'Sign up' }).first().click();
    // As fast as people type: a page that is left at once counts as a redirect.
    await page.getByLabel('Name').pressSequentially(person.name, { delay: 50 });
    await page.getByLabel('E-mail').pressSequentially(person.email, { delay: 30 });
    await page.getByLabel('Password').fill(person.password);
    await page.getByRole('button', { name: 'Sign up' }).click();

    await page.getByRole('link', { name: 'Make your first code' }).click();
    await page
      .getByLabel('Where should the code lead?')
      .pressSequentially('https://example.com/menu?table=5', { delay: 30 });
    await page.getByLabel('Title').pressSequentially('Menu', { delay: 30 });
    await page.getByRole('button', { name: 'Create code' }).click();
    await page.waitForURL(/\/qr\/[\w-]+$/);
    await page.getByRole('img').first().waitFor();
    await page.screenshot({ path: join(screenshots, 'code.png') });
    // The page sends every few seconds; a reload before that is a matter of its own.
    await vi.waitFor(async () => expect((await named('page_viewed')).length).toBeGreaterThanOrEqual(4), 15_000);

    await page.goto(`${platform.app}/debug`);
    await page.getByRole('button', { name: 'Crash this page' }).click();
    await page.getByRole('alert').waitFor();
    await page.screenshot({ path: join(screenshots, 'error.png') });
    shownErrorId = await page.getByRole('alert').locator('code').textContent();

    await page.goto(platform.app);
    // The dashboard counts as viewed once it shows something.
    await page.locator('ul.codes li').first().waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.waitForURL(/\/login$/);
    // Everything that waits is sent as the page is left.
    await page.waitForTimeout(1500);
    await page.goto('about:blank');
  });

  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });

  it('is known by one id on both sides', async () => {
    await expect.poll(() => named('dashboard_viewed'), { timeout: 15_000 }).not.toEqual([]);
    const [signup] = await named('signup_completed');
    const [created] = await named('qr_created');
    const [viewed] = await named('dashboard_viewed');
    expect(signup?.properties['service']).toBe('auth-service');
    expect(created?.properties).toMatchObject({ service: 'qr-service', qr_type: 'url', is_first_qr: true });
    expect(new Set([signup?.distinctId, created?.distinctId, viewed?.distinctId]).size).toBe(1);
  });

  it('views pages that are named by pattern, each once', async () => {
    const pages = async () => (await named('page_viewed')).map(({ properties }) => properties['page']);
    await expect
      .poll(pages, { timeout: 15_000 })
      .toEqual(expect.arrayContaining(['/signup', '/', '/create', '/qr/:qrId', '/debug']));
    expect((await pages()).filter((name) => name === '/qr/:qrId')).toHaveLength(1);
  });

  it('tells exactly what was done, by one visitor who became one user, and by a stranger after the log-out', async () => {
    const told = async () => {
      const all = (await events()).toSorted((a, b) => a.time - b.time);
      return all.map(({ event, properties }) => (event === 'page_viewed' ? `views ${properties['page']}` : event));
    };
    await expect
      .poll(async () => (await told()).toSorted(), { timeout: 15_000 })
      .toEqual(
        [
          // Of the SDK: it joins the visitor to the user who signs up.
          ...[
            '$identify',
            'logout',
            'views /',
            'views /signup',
            'signup_completed',
            'views /',
            'dashboard_viewed',
            'views /create',
          ],
          ...[
            'qr_created',
            'views /qr/:qrId',
            'statistics_viewed',
            'views /debug',
            'views /',
            'dashboard_viewed',
            'views /login',
          ],
        ].toSorted(),
      );
    const viewed = (await named('page_viewed')).toSorted((a, b) => a.time - b.time);
    const first = viewed.find(({ properties }) => properties['page'] === '/signup');
    const code = viewed.find(({ properties }) => properties['page'] === '/qr/:qrId');
    const last = viewed.at(-1);
    expect(first?.properties['$device_id']).toBe(code?.properties['$device_id']);
    expect(code?.properties['$user_id']).toBe((await named('signup_completed'))[0]?.distinctId);
    expect(last?.properties).not.toHaveProperty('$user_id');
    expect(last?.properties['$device_id']).not.toBe(code?.properties['$device_id']);
  });

  it('sees an error id that is the id of the one report', async () => {
    expect(shownErrorId).toMatch(/^[0-9a-f]{32}$/);
    const arrived = async () => (await ask<{ errors: StoredError[] }>('/api/errors')).errors;
    await expect
      .poll(arrived, { timeout: 15_000 })
      .toMatchObject([{ value: 'Deliberate error in a page', eventId: shownErrorId }]);
    const [issue] = (await ask<{ issues: StoredIssue[] }>('/api/issues')).issues.filter(
      ({ service }) => service === 'web',
    );
    expect(issue?.latest.frames.at(-1)).toMatchObject({
      filename: expect.stringMatching(/src\/pages\/debug-page\.tsx$/),
      context_line: expect.stringContaining('Deliberate error in a page'),
    });
  });

  it('causes one trace from the click through the services to the database', async () => {
    const servicesOf = async (name: string) => {
      const all = await spans();
      const traceId = all.find((span) => span.name === name)?.traceId;
      return new Set(all.filter((span) => span.traceId === traceId).map(({ service }) => service));
    };
    await expect
      .poll(() => servicesOf('POST /qr/generate'), { timeout: 15_000 })
      .toEqual(new Set(['web', 'web-server', 'qr-service']));
  });

  it('is told by the inbox, tab by tab', async () => {
    const tabs = await browser.context.newPage();
    await tabs.goto(platform.inbox);
    const links = await tabs.getByRole('navigation').getByRole('link').all();
    const paths = await Promise.all(links.map(async (link) => String(await link.getAttribute('href'))));
    expect(paths.length).toBeGreaterThanOrEqual(6);
    await tabs.goto(`${platform.inbox}/issues`);
    await tabs.getByRole('link', { name: /Deliberate error in a page/ }).click();
    await tabs.getByRole('heading', { name: 'Stack' }).waitFor();
    paths.push(new URL(tabs.url()).pathname + new URL(tabs.url()).search);
    const problems: string[] = [];
    for (const path of paths) {
      const name = path.replace(/^\/|\?.*$/g, '').replaceAll('/', '-') || 'live';
      const isDetail = path === paths.at(-1);
      for (const width of [360, 1440]) {
        await tabs.setViewportSize({ width, height: 900 });
        await tabs.goto(platform.inbox + path);
        await tabs.waitForTimeout(700);
        await tabs.screenshot({ path: join(screenshots, `inbox-${isDetail ? 'issue' : name}-${width}.png`) });
        const overflow = await tabs.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        if (overflow > 0) problems.push(`${path} at ${width}: ${overflow} pixels too wide`);
        problems.push(...(await seriousProblems(tabs)).map((problem) => `${path}: ${problem}`));
      }
    }
    expect(problems).toEqual([]);
    await tabs.close();
  });

  it('leaves no address, password or name in what was received', async () => {
    const response = await fetch(`${platform.inbox}/api/raw`);
    const bodies = (await response.text())
      .split('\n')
      .filter(Boolean)
      .map((line) => Buffer.from((JSON.parse(line) as { body: string }).body, 'base64').toString());
    const decoded = bodies.flatMap((body) => [
      body,
      decodeURIComponent(body.replace(/%(?![0-9A-Fa-f]{2})/g, '%25')),
      decodeForm(body),
    ]);
    expect(decoded.join('\n')).toContain('page_viewed');
    for (const secret of [...Object.values(person), 'table=5']) {
      expect(decoded.filter((text) => text.includes(secret))).toEqual([]);
    }
  });
});

/** The JSON behind `data=`, which browsers send as base64. */
function decodeForm(body: string): string {
  const data = new URLSearchParams(body).get('data');
  return data ? Buffer.from(data, 'base64').toString() : '';
}
