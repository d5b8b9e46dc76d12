import Type, { type TProperties } from 'typebox';
import { expect, it } from 'vitest';
import { exportPlan } from '../../src/documents/index.ts';
import { definePlan, drop, event, hash, url, verbatim } from '../../src/index.ts';

const planWith = (properties: TProperties) =>
  definePlan({
    destinations: ['mixpanel'],
    events: {
      code_made: event({ description: 'A code was made.', owner: 'product', surfaces: ['server'], properties }),
    },
  });

it('writes an event with where it comes from and goes to, and its properties by name', () => {
  const { events } = exportPlan(planWith({ size: Type.Integer({ description: 'Edge in pixels.', minimum: 1 }) }));
  expect(events).toEqual({
    code_made: {
      description: 'A code was made.',
      owner: 'product',
      surfaces: ['server'],
      destinations: ['mixpanel'],
      properties: {
        size: {
          description: 'Edge in pixels.',
          type: 'integer',
          rules: { minimum: 1 },
          isRequired: true,
          privacy: 'plain',
          sentAs: 'size',
        },
      },
    },
  });
});

it('says under which name a value leaves, by its privacy class', () => {
  const { code_made } = exportPlan(
    planWith({
      email: hash(Type.String({ description: 'Address.' })),
      page: url(Type.String({ description: 'Page.' })),
      note: Type.Optional(drop(Type.String({ description: 'Note.' }))),
    }),
  ).events;
  expect(code_made?.properties['email']).toMatchObject({ privacy: 'hash', sentAs: 'email_hash' });
  expect(code_made?.properties['page']).toMatchObject({ privacy: 'url', sentAs: 'page' });
  expect(code_made?.properties['note']).toMatchObject({ privacy: 'drop', isRequired: false });
  expect(code_made?.properties['note']).not.toHaveProperty('sentAs');
});

it('writes a union of literals, and a single one, as a type with its values', () => {
  const { code_made } = exportPlan(
    planWith({
      kind: Type.Union([Type.Literal('a'), Type.Literal('b')], { description: 'Kind.' }),
      level: Type.Union([Type.Literal(1), Type.Literal(2)], { description: 'Level.' }),
      only: Type.Literal('x', { description: 'Only.' }),
    }),
  ).events;
  expect(code_made?.properties['kind']).toMatchObject({ type: 'string', values: ['a', 'b'] });
  expect(code_made?.properties['level']).toMatchObject({ type: 'number', values: [1, 2] });
  expect(code_made?.properties['only']).toMatchObject({ type: 'string', values: ['x'] });
});

it('keeps the reason for which a personal field leaves raw', () => {
  const { profile } = exportPlan(
    definePlan({
      destinations: [],
      events: {},
      profile: { $email: verbatim(Type.String({ description: 'Address.' }), 'Support answers by it.') },
    }),
  );
  expect(profile['$email']).toMatchObject({ privacy: 'verbatim', reason: 'Support answers by it.', sentAs: '$email' });
});

it('refuses a schema that has no plain form, by the name of the property', () => {
  const mixed = planWith({ size: Type.Union([Type.String(), Type.Integer()], { description: 'Size.' }) });
  expect(() => exportPlan(mixed)).toThrow('event "code_made", property "size": expected a type such as Type.String()');
});

it('names the events that the library sends by itself', () => {
  const linked = event({ description: 'Linked.', owner: 'product', surfaces: ['server'], properties: {} });
  expect(exportPlan(definePlan({ destinations: ['mixpanel'], events: { linked }, identify: 'linked' }))).toMatchObject({
    identify: 'linked',
  });
  expect(exportPlan(planWith({}))).not.toHaveProperty('identify');
});
