import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeTestPage, mixpanelSent, openTestPage, type Page } from '../support/page.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(closeTestPage);

const ADDRESS = 'Jane@private.example';
const ELSEWHERE = 'https://proxy.example/mp';
const sentBy = (page: Page) => JSON.stringify([page.mixpanelRequests, page.sentryItems]);

describe('a user id with an e-mail address', () => {
  it('goes to the own origin as it is: the tunnel hashes it', async () => {
    const page = await openTestPage();
    page.initMixpanel();
    page.initSentry();
    page.identifyUser(ADDRESS, { plan: 'free' });
    page.captureException(new Error('of a user'));
    const [identify] = await mixpanelSent(page, '/o/t/', 1);
    expect(identify.properties.$user_id).toBe(ADDRESS);
    await vi.waitFor(() => expect(page.events()[0]?.user).toEqual({ id: ADDRESS }), 10_000);
  });

  it.each([ADDRESS, encodeURIComponent(ADDRESS), '+49 170 7654321'])(
    'goes to no other origin, and is warned of once: %s',
    async (id) => {
      const page = await openTestPage();
      page.initMixpanel({ apiHost: ELSEWHERE });
      page.initSentry({ tunnel: 'https://relay.example/o/r' });
      page.identifyUser(id, { plan: 'free' });
      page.trackEvent('dashboard_viewed');
      page.captureException(new Error('of a user'));
      const [event] = await mixpanelSent(page, '/t/' as '/o/t/', 1);
      expect(event).toMatchObject({ event: 'dashboard_viewed' });
      expect(event.properties.distinct_id).toMatch(/^\$device:/);
      await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
      expect(page.events()[0].user?.id).toBeUndefined();
      expect(sentBy(page)).not.toMatch(/private|7654321/i);
      expect(page.warnings().filter((line) => line.includes('own origin only'))).toHaveLength(1);
    },
  );

  it('is forgotten when an earlier visit has stored it', async () => {
    const page = await openTestPage();
    page.initMixpanel();
    page.identifyUser(ADDRESS);
    await mixpanelSent(page, '/o/t/', 1);
    const next = await openTestPage();
    next.initMixpanel({ apiHost: ELSEWHERE });
    next.trackEvent('dashboard_viewed');
    const [event] = await mixpanelSent(next, '/t/' as '/o/t/', 1);
    expect(event.properties.distinct_id).toMatch(/^\$device:/);
    expect(sentBy(next)).not.toMatch(/private/i);
  });

  it('ends the session of the user before', async () => {
    const page = await openTestPage();
    page.initMixpanel({ apiHost: ELSEWHERE });
    page.identifyUser('u1');
    page.identifyUser(ADDRESS);
    page.trackEvent('dashboard_viewed');
    const events = await mixpanelSent(page, '/t/' as '/o/t/', 2);
    expect(events.at(-1)).toMatchObject({ event: 'dashboard_viewed' });
    expect(events.at(-1)?.properties.$user_id).toBeUndefined();
  });

  it('is named elsewhere where it holds no address', async () => {
    const page = await openTestPage();
    page.initMixpanel({ apiHost: ELSEWHERE });
    page.identifyUser('u1');
    const [identify] = await mixpanelSent(page, '/t/' as '/o/t/', 1);
    expect(identify.properties.$user_id).toBe('u1');
  });
});
