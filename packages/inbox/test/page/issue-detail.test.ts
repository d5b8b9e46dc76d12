import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seriousProblems } from '../../../../e2e/app/accessibility.ts';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { envelope, goodEvent, post, postEnvelope } from '../requests.ts';
import { pageInBrowser } from './page-in-browser.ts';

describe.skipIf(!isBrowserAvailable())('an issue', { timeout: 60_000 }, () => {
  const editor = { root: '' };
  beforeAll(async () => {
    editor.root = await realpath(await mkdtemp(join(tmpdir(), 'inbox-root-')));
    await mkdir(join(editor.root, 'src'));
    await writeFile(join(editor.root, 'src/save.ts'), 'export {};');
  });
  afterAll(() => rm(editor.root, { recursive: true }));
  // Read when the inbox starts, which is after the folder has been made.
  const shared = pageInBrowser({ editor });
  // Statuses outlive a clear: each test has an issue of its own.
  let name = '';

  const report = (more: object = {}): Promise<Response> => {
    const vendor = (index: number) => ({
      function: `vendor${index}`,
      filename: 'node_modules/lib/index.js',
      in_app: false,
    });
    const own = {
      function: 'save',
      filename: 'src/save.ts',
      lineno: 7,
      colno: 3,
      in_app: true,
      context_line: 'save();',
    };
    const frames = [
      { function: 'main', filename: 'src/main.ts', lineno: 1, in_app: true },
      ...Array.from({ length: 12 }, (_, index) => vendor(index)),
      own,
    ];
    return postEnvelope(
      shared.inbox,
      envelope(
        { type: 'event' },
        {
          level: 'error',
          environment: 'staging',
          release: 'api@1.2.3',
          tags: { service: 'qr-service', queue: 'pictures' },
          request: { url: 'https://qr.test/codes/7' },
          contexts: { browser: { name: 'Firefox', version: '130' }, os: { name: 'Debian', version: '12' } },
          breadcrumbs: [
            { timestamp: 1_800_000_002, category: 'http', message: 'last' },
            { timestamp: 1_800_000_001, category: 'http', message: 'first' },
          ],
          exception: { values: [{ type: name, value: 'not saved', stacktrace: { frames } }] },
          ...more,
        },
      ),
    );
  };

  beforeEach(async ({ task }) => {
    name = `E${task.id.replace(/\W/g, '')}`;
    await report();
  });

  const open = async (): Promise<void> => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/issues?id=${inbox.issues()[0]?.id}`);
    await page.locator('.stack').waitFor();
  };

  it('shows where it happened without opening JSON', async () => {
    await open();
    const values = await shared.page
      .locator('.highlights')
      .evaluate((list) => [...list.querySelectorAll('dd')].map((value) => value.textContent));
    expect(values).toEqual([
      'error',
      'qr-service',
      'staging',
      'api@1.2.3',
      'https://qr.test/codes/7',
      'Firefox 130',
      'Debian 12',
    ]);
    expect(await shared.page.locator('.tags li').allTextContents()).toEqual(['service qr-service', 'queue pictures']);
    await shared.page.locator('.tags a', { hasText: 'pictures' }).click();
    await shared.page.locator('.entry', { hasText: name }).waitFor();
  });

  it('shows own frames first, folds those of vendors, and opens files in the editor', async () => {
    const { page } = shared;
    await open();
    const lines = () => page.locator('.stack > li').allInnerTexts();
    expect((await lines()).map((line) => line.split('\n')[0])).toEqual([
      'save src/save.ts:7:3',
      '12 vendor frames',
      'main src/main.ts:1',
    ]);
    expect(await page.getByText('vendor11').isVisible()).toBe(false);
    await page.getByText('12 vendor frames').focus();
    await page.keyboard.press('Enter');
    await page.getByText('vendor11').waitFor();
    const links = page.getByRole('link', { name: /\.ts/ });
    expect(await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))).toEqual([
      `vscode://file${editor.root}/src/save.ts:7:3`,
    ]);
  });

  it('puts breadcrumbs in order of time', async () => {
    await open();
    const crumbs = await shared.page.locator('.crumbs li').allInnerTexts();
    expect(crumbs.map((text) => text.split(' ').at(-1))).toEqual([
      expect.stringMatching(/first$/),
      expect.stringMatching(/last$/),
    ]);
  });

  it('is resolved with a button, leaves the list, and comes back as regressed', async () => {
    const { inbox, page } = shared;
    await open();
    await page.getByRole('button', { name: 'Resolve' }).click();
    await page.getByText('Resolved: comes back when it happens again').waitFor();
    await page.goto(`${inbox.url}/issues`);
    await page.getByRole('heading', { name: 'No unresolved issues' }).waitFor();
    await page.getByRole('link', { name: 'Resolved 1' }).click();
    await page.locator('.entry', { hasText: name }).waitFor();
    await page.goto(`${inbox.url}/issues`);
    await report();
    await page.locator('.entry', { hasText: 'Regressed' }).click();
    await page.getByText('Regressed: happened again after it was resolved').waitFor();
  });

  it('is ignored with a key, stays hidden and goes on counting, and is taken back with the same key', async () => {
    const { inbox, page } = shared;
    await open();
    await page.keyboard.press('i');
    await page.getByText('Ignored: counted, not listed').waitFor();
    await report();
    await page.goto(`${inbox.url}/issues`);
    await page.getByRole('link', { name: 'Ignored 1' }).click();
    await page.locator('.entry .count', { hasText: '2' }).click();
    await page.getByText('Ignored: counted, not listed').waitFor();
    await page.keyboard.press('i');
    await page.getByText('Unresolved', { exact: true }).waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'has nothing in it that axe finds serious and fits a narrow window, %s',
    async (colorScheme) => {
      const { inbox, page } = shared;
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 360, height: 800 });
      await open();
      await page.getByText('12 vendor frames').click();
      await page.getByRole('button', { name: 'Resolve' }).click();
      await page.getByText('Resolved: comes back').waitFor();
      const problems = [...(await seriousProblems(page))];
      const id = inbox.issues()[0]?.id;
      for (const path of [
        `/issues?id=${id}`,
        '/issues?status=all',
        '/issues?q=no-such-thing&environment=staging',
        '/user?q=x',
        '/traces?assets=1',
      ]) {
        await page.goto(`${inbox.url}${path}`);
        await page.locator('main h2, main .entry, main .empty').first().waitFor();
        problems.push(...(await seriousProblems(page)).map((problem) => `${path}: ${problem}`));
        const width = Number(await page.evaluate('document.querySelector(".sheet").scrollWidth'));
        if (width > 360) problems.push(`${path} is ${width} pixels wide`);
      }
      expect(problems).toEqual([]);
    },
  );

  it('does not scroll into empty space, nor does any other tab', async () => {
    const { inbox, page } = shared;
    const many = Array.from({ length: 60 }, (_, index) => ({ timestamp: index, message: `crumb ${index}` }));
    await report({ breadcrumbs: many, user: { id: 'ann' } });
    await post(inbox, '/import', [
      goodEvent({ $user_id: 'ann', distinct_id: 'ann', time: Date.now() - 2000 }, 'page_viewed'),
      goodEvent({ $user_id: 'ann', distinct_id: 'ann' }, 'signup_completed'),
    ]);
    const tooHigh: string[] = [];
    for (const path of [
      `/issues?id=${inbox.issues()[0]?.id}`,
      '/issues',
      '/user',
      '/user?id=ann',
      '/traces',
      '/funnels',
      '/retention',
      '/insights',
    ]) {
      for (const width of [360, 1440]) {
        await page.setViewportSize({ width, height: 500 });
        await page.goto(`${inbox.url}${path}`);
        await page.locator('main h2, main .entry, main .empty').first().waitFor();
        if (path.includes('id=') && path.startsWith('/issues')) {
          await page.locator('table.cost').waitFor();
          await page.getByText('Other steps').click();
        }
        const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
        if (height > 500) tooHigh.push(`${path} at ${width}: ${height}`);
      }
    }
    expect(tooHigh).toEqual([]);
  });
});
