import { describe, expect, it } from 'vitest';
import { createQueryClient, sourcesFrom } from '../../src/index.ts';

const INBOX_URL = 'http://127.0.0.1:4600';

describe('whom to ask', () => {
  it('is nobody when nothing is set', () => {
    expect(sourcesFrom({})).toBeUndefined();
  });

  it('is the inbox for both vendors when there is no account', () => {
    expect(sourcesFrom({ INBOX_URL, MIXPANEL_SERVICE_ACCOUNT: 'user:secret' })).toEqual({
      timeZone: 'UTC',
      mixpanel: { origin: INBOX_URL },
      sentry: { origin: INBOX_URL, organization: 'local' },
    });
  });

  it('is a vendor, and not the inbox, where there is an account of one', () => {
    const sentry = { SENTRY_AUTH_TOKEN: 'token', SENTRY_ORG: 'acme' };
    expect(sourcesFrom({ INBOX_URL, MIXPANEL_TIME_ZONE: 'Europe/Prague', ...sentry })).toEqual({
      timeZone: 'Europe/Prague',
      sentry: { origin: 'https://sentry.io', organization: 'acme', token: 'token' },
    });
  });

  it('leaves the rules of the other without data, with what to set', async () => {
    const client = createQueryClient({ ...sourcesFrom({ SENTRY_AUTH_TOKEN: 'token', SENTRY_ORG: 'acme' }), fetch });
    const query = { event: 'e', unit: 'day', count: 'total', fromDate: '2026-01-01', toDate: '2026-01-01' } as const;
    await expect(client.eventsPerBucket(query)).rejects.toThrow(
      'Mixpanel is not asked: set MIXPANEL_SERVICE_ACCOUNT and MIXPANEL_PROJECT_ID.',
    );
    await expect(createQueryClient({ fetch }).countErrors({ from: 0, to: 1 })).rejects.toThrow(
      'Sentry is not asked: set SENTRY_AUTH_TOKEN and SENTRY_ORG.',
    );
  });

  it('is refused when it cannot be read', () => {
    const account = { MIXPANEL_SERVICE_ACCOUNT: 'user:secret', MIXPANEL_PROJECT_ID: '42' };
    expect(() => sourcesFrom({ ...account, MIXPANEL_FUNNEL_IDS: 'Conversion drop' })).toThrow(
      'MIXPANEL_FUNNEL_IDS must be a list such as Conversion drop=7509, separated by commas, got "Conversion drop".',
    );
    expect(() => createQueryClient({ timeZone: 'Atlantis', fetch })).toThrow(
      'The time zone must be an IANA name such as Europe/Prague, got "Atlantis".',
    );
  });
});
