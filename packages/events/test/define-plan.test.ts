import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { definePlan, drop, event, hash, plainBecause, plan } from '../src/index.ts';

const text = () => Type.String({ description: 'A text.' });
const eventWith = (properties: Record<string, ReturnType<typeof text>>) =>
  event({ description: 'A test.', owner: 'platform', surfaces: ['server'], properties });

describe('definePlan', () => {
  it('freezes what it accepts', () => {
    const defined = definePlan({ events: { tested: eventWith({ word: text() }) }, profile: {} });
    expect(Object.isFrozen(defined) && Object.isFrozen(defined.events)).toBe(true);
  });

  it.each([
    ['an event name that is not snake_case', { SignUp: eventWith({}) }, 'event "SignUp": expected snake_case'],
    [
      'a property name that is not snake_case',
      { tested: eventWith({ qrId: text() }) },
      'property "qrId": expected snake_case',
    ],
    ['a name of the vendor', { tested: eventWith({ $browser: text() }) }, 'property "$browser": expected snake_case'],
    ['a reserved name', { tested: eventWith({ distinct_id: text() }) }, 'this name is reserved'],
    ['a name that the library writes', { tested: eventWith({ trace_id: text() }) }, 'this name is reserved'],
    ['a property without a description', { tested: eventWith({ word: Type.String() }) }, 'has no description'],
    [
      'a hash beside its own name',
      { tested: eventWith({ email: hash(text()), email_hash: text() }) },
      'planned as well',
    ],
    ['a required property that never leaves', { tested: eventWith({ note: drop(text()) }) }, 'make it optional'],
    [
      'an event from nowhere',
      { tested: event({ description: 'x', owner: 'platform', surfaces: [], properties: {} }) },
      'may be sent from nowhere',
    ],
  ])('refuses %s', (_, events, problem) => {
    expect(() => definePlan({ events, profile: {} })).toThrow(problem);
  });

  it('refuses a raw personal profile field, unless the plan says why', () => {
    expect(() => definePlan({ events: {}, profile: { $email: text() } })).toThrow('"$email" is personal');
    expect(() => definePlan({ events: {}, profile: { $email: plainBecause(text(), ' ') } })).toThrow('is personal');
    const defined = definePlan({
      events: {},
      profile: { $email: plainBecause(text(), 'Invoices are sent from there.') },
    });
    expect(defined.profile.properties).toHaveProperty('$email');
  });

  it('lists every broken rule in one message', () => {
    const events = { Bad: eventWith({ time: text(), Worse: text() }) };
    expect(() => definePlan({ events, profile: {} })).toThrow(/"Bad"[\s\S]*reserved[\s\S]*"Worse"/);
  });
});

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
});
