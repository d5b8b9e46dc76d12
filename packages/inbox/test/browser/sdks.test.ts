import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBrowserAvailable, openBrowser } from '../../../../e2e/browser.ts';
import type { Inbox } from '../../src/index.ts';
import { inboxesForTests } from '../with-inbox.ts';
import { type SdkPage, serveSdkPage } from './serve-sdk-page.ts';

const start = inboxesForTests();

describe.skipIf(!isBrowserAvailable())(
  'the official SDKs in a browser, on a page of another origin',
  { timeout: 60_000 },
  () => {
    let browser: Awaited<ReturnType<typeof openBrowser>>;
    let sdkPage: SdkPage;

    beforeAll(async () => {
      [browser, sdkPage] = await Promise.all([openBrowser(), serveSdkPage()]);
    }, 60_000);
    afterAll(async () => {
      await browser.close();
      await sdkPage.close();
    });

    /** Opens the page in a tab of its own and hands over what it wrote to the console as an error. */
    async function visit(
      inbox: Inbox,
      format: 'base64' | 'json',
      until: (page: Page) => Promise<unknown>,
    ): Promise<string[]> {
      const page = await browser.context.newPage();
      // A visitor who has never been here.
      await page.addInitScript('localStorage.clear(); sessionStorage.clear()');
      const errors: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      const { url: apiHost, mixpanelToken: token } = inbox;
      await page.goto(sdkPage.url({ dsn: inbox.dsn('7'), token, apiHost, format }));
      await page.waitForFunction('window.ready');
      await until(page);
      await page.close();
      return errors.filter((text) => /CORS|net::|Failed to load/.test(text));
    }

    it.each(['base64', 'json'] as const)('mixpanel-browser is understood, its payload as %s', async (format) => {
      const inbox = await start();
      const errors = await visit(inbox, format, () =>
        inbox.waitFor(
          ({ events, profiles }) =>
            events().filter(({ event }) => !event.startsWith('$')).length === 3 &&
            profiles().length === 2 &&
            profiles().some(({ properties }) =>
              ['plan', 'logins', 'carts', 'tags'].every((name) => name in properties),
            ),
          15_000,
        ),
      );
      expect(errors).toEqual([]);
      const [viewed] = inbox.events({ event: 'page_viewed' });
      const [login] = inbox.events({ event: 'login' });
      const [invited] = inbox.events({ event: 'invited' });
      expect(viewed).toMatchObject({ event: 'page_viewed', distinctId: expect.stringMatching(/^\$device:/) });
      expect(viewed?.properties['note']).toBe('Žluťoučký + kůň');
      expect(login).toMatchObject({ event: 'login', distinctId: 'user-1' });
      expect(invited?.properties).toMatchObject({ company: 'acme', count: 1 });
      // The first event after identify has given the device to the user.
      expect(inbox.events({ distinctId: 'user-1' }).map(({ event }) => event)).toContain('page_viewed');
      expect(inbox.profiles().find(({ groupKey }) => groupKey === null)).toMatchObject({
        distinctId: 'user-1',
        properties: { plan: 'pro', logins: 2, carts: ['a'], tags: ['a', 'b'] },
      });
      expect(inbox.profiles().find(({ groupKey }) => groupKey !== null)).toMatchObject({
        groupKey: 'company',
        distinctId: 'acme',
        properties: { seats: 3 },
      });
      expect(inbox.rejected()).toEqual([]);
    });

    it('mixpanel-browser sends a batch again after a lost answer, and the event is there once', async () => {
      const inbox = await start();
      inbox.faults.add({ endpoint: 'track', requests: 1, fault: { kind: 'status', status: 503, store: true } });
      await visit(inbox, 'base64', () =>
        inbox.waitFor(({ events }) => events({ duplicates: true }).length > events().length, 30_000),
      );
      const names = inbox.events().map(({ event }) => event);
      expect(names).toHaveLength(new Set(names).size);
    });

    it('@sentry/react is understood: error, replay, spans, log, metric, session and feedback', async () => {
      const inbox = await start();
      const errors = await visit(inbox, 'base64', () =>
        inbox.waitFor(
          (each) =>
            each.errors().length > 0 &&
            each.spans().length > 0 &&
            each.logs().length > 0 &&
            ['trace_metric', 'feedback', 'session', 'replay_recording'].every((type) => each.items(type).length > 0),
          30_000,
        ),
      );
      expect(errors).toEqual([]);
      const [error] = inbox.errors();
      expect(error).toMatchObject({ type: 'RangeError', value: 'too many items', project: '7', userId: 'user-1' });
      expect(inbox.issues()[0]?.latest.breadcrumbs).toContainEqual(expect.objectContaining({ message: 'cart opened' }));
      expect(inbox.logs()).toMatchObject([{ body: 'page opened', level: 'info', userId: 'user-1' }]);
      expect(inbox.spans().some(({ isSegment }) => isSegment)).toBe(true);
      expect(inbox.items('replay_event')).toHaveLength(inbox.items('replay_recording').length);
      expect(inbox.items('feedback')).toMatchObject([
        { payload: { contexts: { feedback: { message: 'I like it' } } } },
      ]);
    });

    it('@sentry/react heeds a rate limit of the error category, and sends the rest', async () => {
      const inbox = await start({ keepRaw: true });
      inbox.faults.add({ endpoint: 'envelope', fault: { kind: 'rate-limit', categories: ['error'] } });
      await visit(inbox, 'base64', async (page) => {
        await inbox.waitFor(({ logs }) => logs().length > 0, 15_000);
        await page.evaluate('captureAgain()');
      });
      expect(inbox.raw().some(({ body }) => body.includes('captured again'))).toBe(false);
      expect(inbox.errors()).toEqual([]);
      expect(inbox.items('session').length).toBeGreaterThan(0);
    });
  },
);
