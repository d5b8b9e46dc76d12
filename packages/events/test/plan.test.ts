import { personKeys } from '@qr/plan';
import { describe, expect, it } from 'vitest';
import { plan } from '../src/index.ts';

describe('the plan', () => {
  it('has every event that the platform speaks of', () => {
    expect(Object.keys(plan.events)).toEqual(
      expect.arrayContaining([
        ...['signup_completed', 'login_completed', 'logout', 'qr_created', 'qr_creation_failed', 'qr_scanned'],
        ...['qr_scan_failed', 'microsite_published', 'microsite_viewed', 'dashboard_viewed', 'page_viewed'],
        ...['plan_upgraded', 'revenue'],
      ]),
    );
  });

  it('sends scans to the statistics of the owner as well', () => {
    expect(plan.events.qr_scanned.destinations).toEqual(['mixpanel', 'analytics']);
  });

  it('names the event by which two ids are merged', () => {
    expect(plan.identify).toBe('identity_linked');
    expect(plan.events.identity_linked).toMatchObject({ surfaces: ['server'], destinations: ['mixpanel'] });
  });

  it('marks every property that holds the id of a user', () => {
    expect([...personKeys(plan)]).toEqual(['qr_owner_id']);
    const names = Object.values(plan.events).flatMap(({ schema }) => Object.keys(schema.properties));
    const suspicious = names.filter((name) => /user|owner|person|member|author|account/.test(name));
    expect(suspicious.filter((name) => !personKeys(plan).has(name))).toEqual([]);
  });
});
