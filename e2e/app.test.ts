import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousProblems } from './app/accessibility.ts';
import { inboxClient } from './app/inbox-client.ts';
import { steps, submitCode } from './app/steps.ts';
import { isBrowserAvailable, launchBrowser } from './browser.ts';
import { runPlatform } from './running-platform.ts';

const ada = { email: 'ada.byron@mail.example', password: 'correct-horse-battery' };
const ben = { email: 'ben.private@mail.example', password: 'staple-correct-horse' };
const screenshots = join(import.meta.dirname, 'screenshots');
/** Events travel through two queues, and statistics are read anew every ten seconds. */
const ARRIVAL = { timeout: 30_000 };
const PHONE =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36';

const USER_AGENTS = [
  PHONE,
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
];

describe.skipIf(!isBrowserAvailable())('the app', () => {
  let platform: Awaited<ReturnType<typeof runPlatform>>;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let inbox: ReturnType<typeof inboxClient>;
  let adaId: string;
  let codeId: string;
  let micrositePath: string;
  const complaints: string[] = [];

  async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const opened = await (await browser.newContext({ viewport: { width: 1000, height: 800 }, ...options })).newPage();
    opened.on('console', (message) => {
      if (/content security policy/i.test(message.text())) complaints.push(message.text());
    });
    opened.on('pageerror', (error) => complaints.push(error.message));
    return opened;
  }

  /** Names of the events of the services so far, in order of time. */
  async function serviceEvents(): Promise<string[]> {
    const all = (await inbox.events()).filter(({ properties }) => properties['service'] !== undefined);
    return all.toSorted((a, b) => a.time - b.time).map(({ event }) => event);
  }
  const fromServices = () => expect.poll(serviceEvents, ARRIVAL);

  /** Some scans as a CDN passes them on, for pictures that show something. */
  async function scanFromEverywhere(code: string): Promise<void> {
    const countries = ['CH', 'CH', 'DE', 'CH', 'FR', 'DE', 'AT', 'CH', 'IT', 'CH'];
    for (const [number, country] of [...countries, ...countries].entries()) {
      const headers = { 'cf-ipcountry': country, 'user-agent': USER_AGENTS[number % USER_AGENTS.length] ?? PHONE };
      const response = await fetch(`${platform.app}/scan/${code}`, { headers, redirect: 'manual' });
      expect(response.status).toBe(302);
    }
  }

  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    platform = await runPlatform();
    inbox = inboxClient(platform.inbox);
    browser = await launchBrowser();
    page = await open();
    context = page.context();
  });

  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });

  describe('one person, from the first visit to the last', () => {
    it('signs up, and finds out what to do next', async () => {
      await steps(page, platform.app).signUp(ada);
      await page.getByRole('link', { name: 'Make your first code' }).waitFor();
      await fromServices().toEqual(['signup_completed']);
      const [signUp] = await inbox.named('signup_completed');
      adaId = String(signUp?.distinctId);
      expect(signUp?.properties).toMatchObject({ plan: 'free', signup_method: 'email' });
      await expect
        .poll(() => inbox.servicesOf('POST /auth/signup'), ARRIVAL)
        .toEqual(expect.arrayContaining(['web', 'web-server', 'auth-service']));
    });

    it('makes a code of each kind, seeing it before it is made', async () => {
      await page.getByRole('link', { name: 'Make your first code' }).click();
      await page.getByLabel('Where should the code lead?').fill(`${platform.inbox}/?table=5`);
      await page.getByRole('img', { name: 'How the code will look' }).waitFor();
      await page.getByLabel('Title').fill('Menu');
      codeId = await submitCode(page);
      await page.getByText('Your code is ready.').waitFor();
      await page.getByRole('heading', { name: 'Menu' }).waitFor();

      const act = steps(page, platform.app);
      await act.createWifi('Guests', 'welcome-inside');
      await page.getByText('welcome-inside').waitFor();
      await act.createCard('Ada', 'Byron');
      await page.getByRole('heading', { name: 'Ada Byron' }).waitFor();

      // Only what leads somewhere has statistics.
      await fromServices().toEqual(['signup_completed', 'qr_created', 'statistics_viewed', 'qr_created', 'qr_created']);
      const created = (await inbox.named('qr_created')).toSorted((a, b) => a.time - b.time);
      expect(created.map(({ properties }) => properties['qr_type'])).toEqual(['url', 'wifi', 'vcard']);
      expect(created.map(({ properties }) => properties['is_first_qr'])).toEqual([true, false, false]);
      expect(new Set(created.map(({ distinctId }) => distinctId))).toEqual(new Set([adaId]));
      await expect
        .poll(() => inbox.servicesOf('POST /qr/generate'), ARRIVAL)
        .toEqual(expect.arrayContaining(['web', 'web-server', 'qr-service']));
    });

    it('sees the count rise when somebody scans it', async () => {
      await page.goto(`${platform.app}/qr/${codeId}`);
      await page.getByText('No scans in this period.').waitFor();
      const scanUrl = String(await page.getByRole('link', { name: 'Scan address' }).getAttribute('href'));
      const phone = await open({ userAgent: PHONE });
      await phone.goto(scanUrl);
      expect(phone.url()).toBe(`${platform.inbox}/?table=5`);
      await phone.context().close();

      await page.getByText('1 scan by 1 visitor').waitFor(ARRIVAL);
      await page.getByText('mobile').waitFor();
      const [scan] = await inbox.named('qr_scanned');
      expect(scan?.distinctId).toMatch(/^\$device:/);
      expect(scan?.properties).toMatchObject({
        qr_id: codeId,
        qr_owner_id: adaId,
        device_type: 'mobile',
        is_bot: false,
      });
      await page.getByRole('link', { name: 'All codes' }).click();
      await page.getByText('1 scan', { exact: true }).waitFor();
    });

    it('leads a printed code elsewhere, and switches it off and on', async () => {
      await page.goto(`${platform.app}/qr/${codeId}`);
      await page.getByLabel('Leads to').fill('javascript:alert(1)');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Enter a web address, such as example.com/menu.').waitFor();
      await page.getByLabel('Leads to').fill(`${platform.inbox}/?table=6`);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.').waitFor();
      await page.getByRole('button', { name: 'Switch off' }).click();
      await page.getByText('Switched off: scans get a page that says so').waitFor();
      await page.getByRole('button', { name: 'Switch on' }).click();
      await page.getByRole('button', { name: 'Switch off' }).waitFor();
      await expect
        .poll(
          async () =>
            (await inbox.named('qr_updated'))
              .toSorted((a, b) => a.time - b.time)
              .map(({ properties }) => properties['changed']),
          ARRIVAL,
        )
        .toEqual(['destination', 'disabled', 'enabled']);
    });

    it('publishes a microsite, which visitors see, and makes a code for it', async () => {
      await page.getByRole('link', { name: 'Microsites' }).click();
      await page.getByRole('link', { name: 'New microsite' }).first().click();
      await page.getByLabel('Title').fill('Corner Café');
      await page.getByRole('button', { name: 'Add a link' }).click();
      await page.locator('[name="links.0.label"]').fill('Opening hours');
      await page.locator('[name="links.0.url"]').fill('https://cafe.example/hours');
      await page.getByRole('button', { name: 'Create' }).click();
      await page.waitForURL(/\/microsites\/[\w-]{12}$/);
      micrositePath = new URL(page.url()).pathname;
      await page.getByRole('button', { name: 'Publish' }).click();
      const address = page.locator('a[href*="/m/"]').first();
      await address.waitFor();

      const visitor = await open({ userAgent: PHONE });
      await visitor.goto(String(await address.getAttribute('href')));
      await visitor.getByRole('link', { name: 'Opening hours' }).waitFor();
      await visitor.context().close();

      await page.getByRole('link', { name: 'Make a QR code for it' }).click();
      await page.getByRole('radio', { name: 'Microsite' }).waitFor();
      expect(await page.getByRole('radio', { name: 'Microsite' }).isChecked()).toBe(true);
      await submitCode(page);
      for (const name of ['microsite_created', 'microsite_published', 'microsite_viewed'])
        await expect.poll(() => inbox.named(name), ARRIVAL).toHaveLength(1);
      expect((await inbox.named('microsite_published'))[0]).toMatchObject({
        distinctId: adaId,
        properties: { link_count: 1 },
      });
      expect((await inbox.named('microsite_viewed'))[0]?.distinctId).toMatch(/^\$device:/);
    });

    it('moves to a larger plan', async () => {
      await page.getByRole('link', { name: 'Account' }).click();
      await page.getByRole('button', { name: /Upgrade to Pro/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Confirm upgrade' }).click();
      await page.getByText('You are on the Pro plan.').waitFor();
      await expect
        .poll(() => inbox.named('plan_upgraded'), ARRIVAL)
        .toMatchObject([{ distinctId: adaId, properties: { from_plan: 'free', to_plan: 'pro' } }]);
      await expect
        .poll(() => inbox.named('revenue'), ARRIVAL)
        .toMatchObject([{ distinctId: adaId, properties: { amount: 9, currency: 'EUR' } }]);
    });

    it('logs out and is a stranger from then on, and deletes the account after a last log-in', async () => {
      const act = steps(page, platform.app);
      await act.logOut();
      await expect.poll(() => inbox.named('logout'), ARRIVAL).toMatchObject([{ distinctId: adaId }]);
      await page.goto(`${platform.app}${micrositePath}`);
      await page.getByRole('heading', { name: 'Log in' }).waitFor();
      await act.fillLogIn(ada);
      // Back where the log-in stood in the way.
      await page.getByRole('heading', { name: 'Corner Café' }).waitFor();

      await page.getByRole('link', { name: 'Account' }).click();
      const danger = page.getByRole('region', { name: /Delete/ });
      await danger.getByLabel('Password').fill(ada.password);
      await danger.getByRole('button', { name: /Delete/ }).click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /Delete/ })
        .click();
      await page.waitForURL(/\/signup$/);
      await expect.poll(() => inbox.named('account_deleted'), ARRIVAL).toHaveLength(1);
      expect((await inbox.named('account_deleted'))[0]?.distinctId).toMatch(/^\$device:/);

      await page.goto(`${platform.app}/login`);
      await act.fillLogIn(ada);
      await page.getByRole('alert').or(page.locator('.notice, .field-error')).first().waitFor();
      expect(new URL(page.url()).pathname).toBe('/login');
      expect(await inbox.errors()).toEqual([]);
    });
  });

  it('shows two people in two profiles nothing of each other', async () => {
    const one = await open();
    const other = await open();
    const first = { email: 'first@mail.example', password: 'first-password-1' };
    await steps(one, platform.app).signUp(first);
    await steps(other, platform.app).signUp(ben);
    const id = await steps(one, platform.app).createLink('https://secret.example/plan', 'A secret plan');

    await other.goto(`${platform.app}/qr/${id}`);
    await other.getByRole('heading', { name: 'Page not found' }).waitFor();
    await other.goto(platform.app);
    await other.getByText('No codes yet').waitFor();
    expect(await other.content()).not.toMatch(/secret/i);

    // The same browser, one after the other.
    await one.goto(platform.app);
    await one.getByRole('link', { name: 'A secret plan' }).waitFor();
    await steps(one, platform.app).logOut();
    await steps(one, platform.app).fillLogIn(ben);
    await one.getByText('No codes yet').waitFor();
    expect(await one.content()).not.toMatch(/secret/i);
    const created = (await inbox.named('qr_created')).filter(({ properties }) => properties['qr_id'] === id);
    expect(created).toHaveLength(1);
    await one.context().close();
    await other.context().close();
  });

  it('can be used with the keyboard alone', async () => {
    const keys = await open();
    /** Presses Tab until a control is reached. */
    async function tabTo(name: RegExp): Promise<void> {
      for (let presses = 0; presses < 40; presses++) {
        const label = await keys.evaluate<string>(
          `(() => {
            const element = document.activeElement;
            if (!element?.matches('a, button, input, select, textarea, summary')) return '';
            const labels = [...(element.labels ?? [])].map((label) => label.textContent);
            return [element.getAttribute('aria-label'), ...labels, element.textContent].filter(Boolean).join(' ');
          })()`,
        );
        if (name.test(label)) return;
        await keys.keyboard.press('Tab');
      }
      throw new Error(`Forty presses of Tab do not reach ${name}.`);
    }
    await keys.goto(`${platform.app}/signup`);
    await keys.getByRole('heading', { name: 'Create your account' }).waitFor();
    await tabTo(/E-mail/);
    await keys.keyboard.type('keys@mail.example');
    await tabTo(/Password/);
    await keys.keyboard.type('only-the-keyboard');
    await keys.keyboard.press('Enter');
    await keys.getByRole('heading', { name: 'Your QR codes' }).waitFor();

    await tabTo(/Make your first code/);
    await keys.keyboard.press('Enter');
    await keys.getByRole('heading', { name: 'New QR code' }).waitFor();
    await tabTo(/^Link/);
    await keys.keyboard.press('ArrowRight');
    await tabTo(/Name of the network/);
    await keys.keyboard.type('Keys');
    await tabTo(/Password/);
    await keys.keyboard.type('only-the-keyboard');
    await keys.keyboard.press('Enter');
    await keys.getByRole('heading', { name: 'Keys' }).waitFor();

    await tabTo(/Delete code/);
    await keys.keyboard.press('Enter');
    await keys.getByRole('dialog').waitFor();
    await keys.keyboard.press('Escape');
    await keys.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await keys.evaluate('document.activeElement.textContent')).toBe('Delete code');
    await keys.keyboard.press('Enter');
    await keys.getByRole('dialog').waitFor();
    await tabTo(/Delete for good/);
    await keys.keyboard.press('Enter');
    await keys.getByText('No codes yet').waitFor();
    await tabTo(/Log out/);
    await keys.keyboard.press('Enter');
    await keys.waitForURL(/\/login$/);
    await keys.context().close();
  });

  it('has nothing that axe finds serious, in light and dark, and fits every screen', { timeout: 400_000 }, async () => {
    const seen = await open();
    const act = steps(seen, platform.app);
    await act.signUp({ email: 'pictures@mail.example', password: 'a-thousand-words' });
    const empty = ['', 'microsites'];
    const wifi = await act.createWifi('Guests', 'welcome-inside');
    const link = await act.createLink('https://example.com/menu', 'Summer menu');
    await scanFromEverywhere(link);
    await seen.goto(`${platform.app}/microsites/new`);
    await seen.getByLabel('Title').fill('Corner Café');
    await seen.getByRole('button', { name: 'Create' }).click();
    await seen.waitForURL(/\/microsites\/[\w-]{12}$/);
    const microsite = new URL(seen.url()).pathname.slice(1);
    await seen.goto(`${platform.app}/qr/${link}`);
    await seen.getByText('20 scans by').waitFor(ARRIVAL);

    const pages: Readonly<Record<string, string>> = {
      dashboard: '',
      create: 'create',
      code: `qr/${link}`,
      'code-wifi': `qr/${wifi}`,
      microsites: 'microsites',
      'microsite-new': 'microsites/new',
      microsite,
      account: 'account',
      'not-found': 'nowhere',
      debug: 'debug',
    };
    const problems: string[] = [];
    async function examine(subject: Page, name: string, path: string): Promise<void> {
      await subject.goto(`${platform.app}/${path}`);
      await subject.getByRole('heading', { level: 1 }).waitFor();
      if (name === 'debug') {
        await subject.getByRole('button', { name: 'Crash this page' }).click();
        await subject.getByRole('alert').waitFor();
      }
      await subject.waitForLoadState('networkidle');
      for (const colorScheme of ['light', 'dark'] as const) {
        await subject.emulateMedia({ colorScheme });
        for (const width of [360, 1440]) {
          await subject.setViewportSize({ width, height: 900 });
          const overflow = await subject.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
          if (overflow > 0) problems.push(`${name} at ${width}: ${overflow} pixels too wide`);
          const found = await seriousProblems(subject);
          problems.push(...found.map((problem) => `${name}, ${colorScheme}, ${width}: ${problem}`));
          await subject.screenshot({ path: join(screenshots, `${name}-${colorScheme}-${width}.png`), fullPage: true });
        }
      }
    }
    for (const [name, path] of Object.entries(pages)) await examine(seen, name, path);
    const stranger = await open();
    for (const path of ['', 'login', 'signup']) await examine(stranger, path || 'landing', path);
    const newcomer = await open();
    await steps(newcomer, platform.app).signUp({ email: 'newcomer@mail.example', password: 'nothing-here-yet' });
    for (const path of empty) await examine(newcomer, `${path || 'dashboard'}-empty`, path);
    expect(problems).toEqual([]);
  });

  it('breaks neither its content security policy nor, but where it is asked to, itself', () => {
    expect(complaints.filter((text) => !text.includes('Deliberate error'))).toEqual([]);
    expect(context).toBeDefined();
  });
});
