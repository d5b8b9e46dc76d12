import Type from 'typebox';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildServer, type Server } from '../../src/server.ts';

const body = Type.Object(
  {
    password: Type.String({ minLength: 8, maxLength: 20 }),
    title: Type.Optional(Type.String({ minLength: 1, pattern: '^[a-z]*$' })),
    age: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
    day: Type.Optional(Type.String({ format: 'date' })),
    kind: Type.Optional(Type.Literal('url')),
    links: Type.Optional(Type.Array(Type.Object({ url: Type.String({ minLength: 1 }) }), { minItems: 1, maxItems: 2 })),
  },
  { additionalProperties: false },
);

let app: Server;
beforeEach(() => {
  app = buildServer({ handleSignals: false });
  app.post('/', { schema: { body } }, () => 'ok');
});
afterEach(() => app.close());

it.each([
  [{}, 'password', 'password is required'],
  [{ password: 'short' }, 'password', 'password must have at least 8 characters'],
  [{ password: 'x'.repeat(21) }, 'password', 'password must have at most 20 characters'],
  [{ title: '' }, 'title', 'title must not be empty'],
  [{ title: 'A' }, 'title', 'title is not in the right form, or has characters that are not allowed'],
  [{ age: 0 }, 'age', 'age must be at least 1'],
  [{ age: 10 }, 'age', 'age must be at most 9'],
  [{ age: 'old' }, 'age', 'age must be integer'],
  [{ day: '2026-02-30' }, 'day', 'day must be a date'],
  [{ kind: 'wifi' }, 'kind', 'kind must be "url"'],
  [{ links: [] }, 'links', 'links must have at least 1 entry'],
  [{ links: [{ url: 'a' }, { url: 'b' }, { url: 'c' }] }, 'links', 'links must have at most 2 entries'],
  [{ links: [{ url: 'a' }, { url: '' }] }, 'links.1.url', 'links.1.url must not be empty'],
  [{ color: 'red' }, 'color', 'color is not known here: check its spelling, or leave it out'],
])('tells of %j which field is wrong and what it must be', async (part, field, message) => {
  const payload = Object.keys(part).length === 0 ? {} : { password: 'long enough', ...part };
  const response = await app.inject({ method: 'POST', url: '/', payload });
  expect(response.statusCode).toBe(400);
  expect(response.json()).toEqual({ error: 'Bad Request', message, field });
});

it('tells that something was expected where nothing came', async () => {
  const response = await app.inject({ method: 'POST', url: '/' });
  expect(response.json()).toEqual({ error: 'Bad Request', message: 'The body must be object' });
});
