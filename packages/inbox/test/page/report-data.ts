import type { Inbox } from '../../src/index.ts';
import { goodEvent, post } from '../requests.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Four people, of whom two come all the way to a scan: small enough to count by hand. Nothing is of today. */
export async function tellReports(inbox: Inbox, now = new Date().setUTCHours(12, 0, 0, 0)): Promise<void> {
  const { body, ok } = await post(inbox, '/import', [
    // Ann: every step, each an hour after the one before it, and another scan the next day.
    event('page_viewed', 'ann', now - 2 * DAY_MS),
    event('signup_completed', 'ann', now - 2 * DAY_MS + HOUR_MS),
    event('qr_created', 'ann', now - 2 * DAY_MS + 2 * HOUR_MS, { qr_type: 'url' }),
    event('qr_scanned', 'ann', now - 2 * DAY_MS + 3 * HOUR_MS, { country: 'CZ' }),
    event('qr_scanned', 'ann', now - DAY_MS + 2 * HOUR_MS, { country: 'CZ' }),
    // Bob: every step, three hours each, and back the next day.
    event('page_viewed', 'bob', now - 2 * DAY_MS),
    event('signup_completed', 'bob', now - 2 * DAY_MS + 3 * HOUR_MS),
    event('qr_created', 'bob', now - 2 * DAY_MS + 6 * HOUR_MS, { qr_type: 'wifi' }),
    event('qr_scanned', 'bob', now - 2 * DAY_MS + 9 * HOUR_MS, { country: 'DE' }),
    event('login_completed', 'bob', now - DAY_MS + 10 * HOUR_MS),
    // Cat: signs up. Dan: looks.
    event('page_viewed', 'cat', now - DAY_MS),
    event('signup_completed', 'cat', now - DAY_MS + 2 * HOUR_MS),
    event('page_viewed', 'dan', now - DAY_MS),
  ]);
  if (!ok) throw new Error(`The inbox refused the events: ${await new Response(body).text()}`);
}

function event(name: string, user: string, time: number, properties: object = {}): object {
  return goodEvent({ distinct_id: user, $user_id: user, time, ...properties }, name);
}
