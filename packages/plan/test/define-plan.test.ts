import Type, { type TProperties } from 'typebox';
import { describe, expect, it } from 'vitest';
import { definePlan, drop, event, hash, person, personKeys, type Surface, verbatim } from '../src/index.ts';

const text = () => Type.String({ description: 'A text.' });
const eventWith = (properties: TProperties) =>
  event({ description: 'A test.', owner: 'platform', surfaces: ['server'], properties });

describe('definePlan', () => {
  it('freezes what it accepts', () => {
    const defined = definePlan({ destinations: ['mixpanel'], events: { tested: eventWith({ word: text() }) } });
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
    expect(() => definePlan({ destinations: ['mixpanel'], events })).toThrow(problem);
  });

  it('refuses a raw personal profile field, unless the plan says why', () => {
    expect(() => definePlan({ destinations: [], events: {}, profile: { $email: text() } })).toThrow(
      '"$email" is personal',
    );
    expect(() => definePlan({ destinations: [], events: {}, profile: { $email: verbatim(text(), ' ') } })).toThrow(
      'is verbatim: say why',
    );
    const defined = definePlan({
      destinations: [],
      events: {},
      profile: { $email: verbatim(text(), 'Invoices are sent from there.') },
    });
    expect(defined.profile.properties).toHaveProperty('$email');
  });

  it('accepts lists of texts, numbers, booleans and literals', () => {
    const words = Type.Array(text(), { description: 'Words.' });
    const kinds = Type.Array(Type.Union([Type.Literal('a'), Type.Literal('b')]), { description: 'Kinds.' });
    expect(() =>
      definePlan({ destinations: ['mixpanel'], events: { tested: eventWith({ words, kinds }) }, profile: { words } }),
    ).not.toThrow();
  });

  const role = (changes: object = {}) =>
    event<TProperties, Surface>({
      description: 'x',
      owner: 'platform',
      surfaces: ['server'],
      properties: {},
      ...changes,
    });
  const amount = Type.Number({ description: 'Amount.' });

  it.each([
    ['identify', 'is not planned', 'other', {}, 'is not an event of the plan'],
    ['identify', 'is named like a property of every object', 'toString', {}, 'is not an event of the plan'],
    ['identify', 'cannot be sent from the server', 'sent', { surfaces: ['browser'] }, 'sendable from the server'],
    ['identify', 'has two destinations', 'sent', { destinations: ['mixpanel', 'analytics'] }, 'to one destination'],
    ['identify', 'has properties', 'sent', { properties: { word: text() } }, 'must not have the property "word"'],
    ['revenue', 'has no currency', 'sent', { properties: { amount } }, 'must have the property "currency"'],
    ['pageView', 'cannot be sent from a page', 'sent', { properties: { page: text() } }, 'sendable from the browser'],
    ['pageView', 'has no page', 'sent', { surfaces: ['browser'] }, 'must have the property "page"'],
    ['probe', 'has no id', 'sent', {}, 'must have the property "check_id"'],
    ['probe', 'has more than an id', 'sent', { properties: { check_id: text(), word: text() } }, 'property "word"'],
  ] as const)('refuses an event as %s that %s', (kind, _, name, changes, problem) => {
    const events: Record<string, ReturnType<typeof role>> = { sent: role(changes) };
    expect(() => definePlan({ destinations: ['mixpanel'], events, [kind]: name })).toThrow(problem);
  });

  it('accepts an event for each task of the library', () => {
    const plan = definePlan({
      destinations: ['warehouse'],
      events: {
        linked: role(),
        book_sold: role({ properties: { amount, currency: text(), title: text() } }),
        page_opened: role({ surfaces: ['browser'], properties: { page: text() } }),
        checked: role({ properties: { check_id: text() } }),
      },
      identify: 'linked',
      revenue: 'book_sold',
      pageView: 'page_opened',
      probe: 'checked',
    });
    expect(plan).toMatchObject({ revenue: 'book_sold', events: { linked: { destinations: ['warehouse'] } } });
  });

  it('sends an event without destinations of its own to those of the plan', () => {
    const both = eventWith({});
    const one = event({
      description: 'A test.',
      owner: 'platform',
      surfaces: ['server'],
      destinations: ['webhook'],
      properties: {},
    });
    const { events } = definePlan({ destinations: ['mixpanel', 'webhook'], events: { both, one } });
    expect(events.both.destinations).toEqual(['mixpanel', 'webhook']);
    expect(events.one.destinations).toEqual(['webhook']);
  });

  it('refuses an event that goes nowhere', () => {
    expect(() => definePlan({ destinations: [], events: { tested: eventWith({}) } })).toThrow('goes nowhere');
  });

  it('refuses a context key that is not snake_case', () => {
    expect(() => definePlan({ destinations: [], events: {}, context: ['qrId'] })).toThrow(
      'context key "qrId": expected snake_case',
    );
  });

  it('lists every broken rule in one message', () => {
    const events = { Bad: eventWith({ time: text(), Worse: text() }) };
    expect(() => definePlan({ destinations: ['mixpanel'], events })).toThrow(/"Bad"[\s\S]*reserved[\s\S]*"Worse"/);
  });
});

it('personKeys names every property that holds the id of a user', () => {
  const events = { tested: eventWith({ owner: person(text()), word: text() }) };
  const plan = definePlan({ destinations: ['mixpanel'], events, profile: { manager: person(text()) } });
  expect([...personKeys(plan)]).toEqual(['owner', 'manager']);
});
