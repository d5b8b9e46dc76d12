import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { observe, startApp } from './start-app.ts';

const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());
let running: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  running = await startApp('embedded');
});
afterAll(() => running.stop());
beforeEach(async () => {
  await settle();
  inbox.clear();
});

const headers = {
  'user-agent': 'jane.doe@example.com/1.0 (hunter2)',
  referer: 'https://jane:hunter2@blog.example/u/jane.doe@example.com/4111%201111%201111%201111?email=jane#hunter2',
  'accept-language': 'jane.doe@example.com',
};
const post = (url: string, payload: object) => running.app.inject({ method: 'POST', url, headers, payload });
const sent = async () => {
  await settle();
  return inbox.events().map(({ event, properties }) => ({ event, ...properties }));
};

it('tells of the page that led to a sign-up its origin and path, without what is personal in it', async () => {
  const account = { email: 'jane.doe@example.com', password: 'correct horse battery', name: 'Jane Doe' };
  expect((await post('/auth/signup', account)).statusCode).toBe(201);
  const events = await sent();
  expect(events).toContainEqual(
    expect.objectContaining({
      event: 'signup_completed',
      source: expect.stringMatching(/^https:\/\/blog\.example\/u\//),
    }),
  );
  expect(JSON.stringify([events, inbox.profiles()])).not.toMatch(/jane|hunter2|4111.{0,3}1111|correct horse/i);
});

it('tells of a refused sign-up or log-in a reason from a closed list, and nothing that was typed', async () => {
  await post('/auth/signup', { email: 'jane.doe@example', password: 'hunter2' });
  await post('/auth/login', { email: 'jane.roe@example.com', password: 'hunter2-hunter2' });
  const events = await sent();
  expect(events).toMatchObject([
    { event: 'signup_failed', reason: 'invalid' },
    { event: 'login_failed', reason: 'wrong_credentials' },
  ]);
  expect(JSON.stringify(events)).not.toMatch(/jane|hunter2/i);
});
