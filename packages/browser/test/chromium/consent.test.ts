import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBrowserAvailable, openBrowser } from '../../../../e2e/browser.ts';
import { type FixturePage, startFixturePage } from './fixture-page.ts';

const choices = ['undecided', 'granted', 'denied'] as const;
const cases = choices.flatMap((choice) =>
  [false, true].flatMap((doNotTrack) =>
    [false, true].map((privacyControl) => ({ choice, doNotTrack, privacyControl })),
  ),
);

describe.skipIf(!isBrowserAvailable())('where consent is required', () => {
  let fixture: FixturePage;
  let browser: Awaited<ReturnType<typeof openBrowser>>;

  beforeAll(async () => {
    fixture = await startFixturePage('consentRequired');
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await fixture?.close();
  });

  async function open({ doNotTrack = false, privacyControl = false }) {
    await browser.context.clearCookies();
    const page = await browser.context.newPage();
    await page.addInitScript(
      ({ dnt, gpc }) => {
        Object.defineProperty(navigator, 'doNotTrack', { get: () => (dnt ? '1' : null) });
        Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => gpc });
      },
      { dnt: doNotTrack, gpc: privacyControl },
    );
    await page.goto(`${fixture.origin}/api/echo`);
    await page.evaluate('localStorage.clear()');
    fixture.inbox.clear();
    fixture.seen.splice(0);
    await page.goto(fixture.origin);
    await page.getByText('handler', { exact: true }).waitFor();
    return page;
  }
  const storedKeys =
    "[...Object.keys(localStorage), ...Object.keys(sessionStorage), ...document.cookie.split(';').filter(Boolean)].sort()";
  /** The paths of the tunnel that were used, but that of errors. */
  const sent = () =>
    new Set(fixture.seen.map(({ url }) => url.split('?')[0]).filter((url) => url?.startsWith('/o/') && url !== '/o/r'));

  it.each(cases)('$choice, Do-Not-Track $doNotTrack, Global Privacy Control $privacyControl', async (given) => {
    const page = await open(given);
    if (given.choice !== 'undecided') await page.evaluate(`setConsent({ analytics: ${given.choice === 'granted'} })`);
    await page.evaluate('identifyUser("user-7", { plan: "free" }); trackEvent("dashboard_viewed", { total_qrs: 3 })');
    await page.evaluate('setTimeout(() => { throw new Error("thrown with consent in question") })');
    await fixture.inbox.waitFor((inbox) => inbox.errors().length > 0, 10_000);
    const mayCount = given.choice === 'granted' && !given.doNotTrack && !given.privacyControl;
    if (mayCount)
      await fixture.inbox.waitFor((inbox) => inbox.events().some(({ event }) => event === 'dashboard_viewed'), 15_000);
    const stored = await page.evaluate<string[]>(storedKeys);
    // Everything that waits goes when the page does.
    await page.goto('about:blank');
    await page.waitForTimeout(200);
    await page.close();

    const [error] = fixture.inbox.errors();
    expect(fixture.inbox.errors()).toHaveLength(1);
    // Errors are reported in any case, and are somebody's with consent only.
    expect(error?.userId).toBe(mayCount ? 'user-7' : null);
    const decided = given.choice === 'undecided' ? [] : ['qr_consent'];
    if (mayCount) {
      expect(sent()).toContain('/o/t/');
      expect(stored.filter((key) => !key.startsWith('__mp') && !key.startsWith('mp_'))).toEqual(decided);
    } else {
      expect([...sent()].filter((path) => path !== '/o/q')).toEqual([]);
      expect(fixture.inbox.events()).toEqual([]);
      expect(fixture.inbox.profiles()).toEqual([]);
      expect(stored).toEqual(decided);
    }
  });

  it('withdrawing it deletes what was stored, and stops what was sent', async () => {
    const page = await open({});
    await page.evaluate('setConsent({ analytics: true }); trackEvent("dashboard_viewed", { total_qrs: 3 })');
    await fixture.inbox.waitFor((inbox) => inbox.events().length > 0, 15_000);
    await page.evaluate('setConsent({ analytics: false })');
    await page.evaluate('trackEvent("dashboard_viewed", { total_qrs: 4 })');
    await page.waitForTimeout(300);
    const stored = await page.evaluate<Record<string, string>>('({ ...localStorage })');
    const ids = Object.entries(stored).filter(([, text]) => /device|distinct/.test(text));
    expect(ids).toEqual([]);
    const before = fixture.inbox.events().length;
    await page.goto('about:blank');
    await page.waitForTimeout(500);
    await page.close();
    expect(fixture.inbox.events()).toHaveLength(before);
  });

  it('a recording starts with consent only, and stops without', async () => {
    const page = await open({});
    const chunks = () => fixture.seen.filter(({ url }) => url.includes('/assets/replay'));
    await page.evaluate('setTimeout(() => { throw new Error("wakes the SDK") })');
    await fixture.inbox.waitFor((inbox) => inbox.errors().length > 0, 10_000);
    expect(chunks()).toEqual([]);
    await page.evaluate('setConsent({ replay: true })');
    await expect.poll(() => chunks().length, { timeout: 10_000 }).toBeGreaterThan(0);
    await page.close();
  });
});
