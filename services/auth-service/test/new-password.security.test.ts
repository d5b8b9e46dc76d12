import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, observe, startApp } from './start-app.ts';

const observed = await observe();
afterAll(() => observed.stop());
let running: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  running = await startApp('embedded');
});
afterAll(() => running.stop());

const person = { email: 'grace.hopper@navy.example', name: 'Grace Hopper' };
let people = 0;

describe('a new password', () => {
  it.each([
    'password',
    'Password1',
    'PASSWORD123!',
    'p@ssw0rd',
    'passwort',
    'my password',
    '        ',
    '\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0',
    '\t\t\t\t\t\t\t\t',
    'aaaaaaaa',
    'abababab',
    'abcabcabc',
    '12345678',
    '87654321',
    '1234567890',
    '11112222',
    '31121985',
    'abcdefgh',
    'qwertyuiop',
    'qwertz123',
    'asdfghjkl',
    '1q2w3e4r',
    '1qaz2wsx',
    'iloveyou',
    'letmein1',
    'Welcome2024!',
    'Summer2026',
    'sunshine1',
    'football',
    'adminadmin',
    'changeme1',
    'grace.hopper',
    'GraceHopper1',
    'navy.example',
    'hopper2026',
  ])('that everybody tries first is refused: %j', async (password) => {
    const response = await createBrowser(running.app).send('POST', '/auth/signup', { ...person, password });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ field: 'password', message: expect.stringContaining('password') });
    expect(response.cookies).toEqual([]);
  });

  it.each([
    'correct horse battery',
    'correct-horse-battery',
    'staple-correct-horse',
    'first-password-1',
    'a-thousand-words',
    'secret-of-the-summer',
    'hunter2-and-hunter3',
    'long enough password',
    'nothing-here-yet',
    'tr0ub4dor&3',
    'kX9#mQ2v',
    'Sonnenblumenfeld',
    '\u043f\u0440\u0438\u0432\u0435\u0442-\u043c\u0438\u0440',
    '\u6b63\u78ba\u306a\u99ac\u306e\u96fb\u6c60\u3067\u3059',
    '903847561028',
  ])('that is none of those is taken: %j', async (password) => {
    const email = `person-${++people}@mail.example`;
    const response = await createBrowser(running.app).send('POST', '/auth/signup', { email, password });
    expect(response.statusCode).toBe(201);
  });

  it('has to be a good one when it replaces another, too', async () => {
    const browser = createBrowser(running.app);
    const password = 'correct horse battery';
    await browser.send('POST', '/auth/signup', { email: 'ada.byron@mail.example', password });
    for (const newPassword of ['password', '        ', 'ada.byron1']) {
      const response = await browser.send('POST', '/auth/password', { currentPassword: password, newPassword });
      expect(response.statusCode).toBe(400);
      expect(response.json()).toMatchObject({ field: 'newPassword' });
    }
    expect((await browser.send('POST', '/auth/refresh')).statusCode).toBe(200);
  });

  it('is refused before anything is said of the e-mail address', async () => {
    const email = 'known@mail.example';
    await createBrowser(running.app).send('POST', '/auth/signup', { email, password: 'correct horse battery' });
    const refuse = (address: string) =>
      createBrowser(running.app).send('POST', '/auth/signup', { email: address, password: 'password' });
    expect((await refuse(email)).body).toBe((await refuse('unknown@mail.example')).body);
  });

  it('is checked quickly, however long it is', async () => {
    const start = performance.now();
    await createBrowser(running.app).send('POST', '/auth/signup', { ...person, password: 'ab1'.repeat(85) });
    await createBrowser(running.app).send('POST', '/auth/signup', { ...person, password: 'password'.repeat(32) });
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
