import Type, { type TProperties } from 'typebox';
import { describe, expect, it } from 'vitest';
import { definePlan, drop, event, hash, person, personKeys, plan, type Surface, verbatim } from '../src/index.ts';

const text = () => Type.String({ description: 'A text.' });
const eventWith = (properties: TProperties) =>
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
    ['a hashed id of a person', { tested: eventWith({ owner: person(hash(text())) }) }, 'so it must be plain'],
    [
      'a list of lists',
      { tested: eventWith({ words: Type.Array(Type.Array(text()), { description: 'Words.' }) }) },
      'expected a list of texts',
    ],
    [
      'a list of hashed texts',
      { tested: eventWith({ words: Type.Array(hash(text()), { description: 'Words.' }) }) },
      'expected a list of texts',
    ],
  ])('refuses %s', (_, events, problem) => {
    expect(() => definePlan({ events, profile: {} })).toThrow(problem);
  });

  it('refuses a raw personal profile field, unless the plan says why', () => {
    expect(() => definePlan({ events: {}, profile: { $email: text() } })).toThrow('"$email" is personal');
    expect(() => definePlan({ events: {}, profile: { $email: verbatim(text(), ' ') } })).toThrow(
      'is verbatim: say why',
    );
    const defined = definePlan({
      events: {},
      profile: { $email: verbatim(text(), 'Invoices are sent from there.') },
    });
    expect(defined.profile.properties).toHaveProperty('$email');
  });

  it('accepts lists of texts, numbers, booleans and literals', () => {
    const words = Type.Array(text(), { description: 'Words.' });
    const kinds = Type.Array(Type.Union([Type.Literal('a'), Type.Literal('b')]), { description: 'Kinds.' });
    expect(() => definePlan({ events: { tested: eventWith({ words, kinds }) }, profile: { words } })).not.toThrow();
  });

  it.each([
    ['is not planned', 'other', {}, 'is not an event of the plan'],
    ['cannot be sent from the server', 'linked', { surfaces: ['browser'] as const }, 'sendable from the server'],
    ['goes elsewhere too', 'linked', { destinations: ['mixpanel', 'analytics'] as const }, 'to mixpanel alone'],
    ['has properties', 'linked', { properties: { word: text() } }, 'must have no properties'],
  ])('refuses an event for merging ids that %s', (_, identify, changes, problem) => {
    const linked = event<TProperties, Surface>({
      description: 'x',
      owner: 'platform',
      surfaces: ['server'],
      properties: {},
      ...changes,
    });
    expect(() => definePlan({ events: { linked } as Record<string, typeof linked>, profile: {}, identify })).toThrow(
      problem,
    );
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

  it('names the event by which two ids are merged', () => {
    expect(plan.identify).toBe('identity_linked');
    expect(plan.events[plan.identify ?? 'logout']).toMatchObject({ surfaces: ['server'], destinations: ['mixpanel'] });
  });

  it('marks every property that holds the id of a user', () => {
    expect([...personKeys(plan)]).toEqual(['qr_owner_id']);
    const names = Object.values(plan.events).flatMap(({ schema }) => Object.keys(schema.properties));
    const suspicious = names.filter((name) => /user|owner|person|member|author|account/.test(name));
    expect(suspicious.filter((name) => !personKeys(plan).has(name))).toEqual([]);
  });
});
