import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blankPng, picture } from './pictures.ts';
import { logIn, startApp } from './start-app.ts';

let running: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  running = await startApp('embedded');
});
afterAll(() => running.stop());

const code = { type: 'url', destinationUrl: 'https://example.com/' };
/** As heavy as a logo may be: eight bytes for each of eight million pixels. */
const heaviest = blankPng(4096, 2048, { bits: 16 });

describe('a logo', () => {
  it.each([
    ['1 × 16,777,216 pixels', 1, 16_777_216],
    ['16,777,216 × 1 pixels', 16_777_216, 1],
    ['1 × 4097 pixels', 1, 4097],
    ['4097 × 1 pixels', 4097, 1],
  ])('of %s is refused for its side before it is decoded', async (_size, width, height) => {
    const owner = await logIn(running.app);
    const logo = blankPng(width, height);
    const start = performance.now();
    const answers = await Promise.all(Array.from({ length: 8 }, () => owner.preview({ ...code, logo })));
    for (const answer of answers) {
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ field: 'logo', message: expect.stringContaining('4096 pixels') });
    }
    // One of them takes three seconds to decode.
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('of 4096 × 4096 pixels is refused for its area', async () => {
    const answer = await (await logIn(running.app)).preview({ ...code, logo: blankPng(4096, 4096) });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ field: 'logo', message: expect.stringContaining('8 megapixels') });
  });

  it.each([
    ['1 × 4096', 1, 4096],
    ['4096 × 1', 4096, 1],
    ['4096 × 2048', 4096, 2048],
  ])('of %s pixels is accepted', async (_size, width, height) => {
    const answer = await (await logIn(running.app)).preview({ ...code, logo: blankPng(width, height) });
    expect(answer.statusCode).toBe(200);
  });
});

describe('the pictures of one person', () => {
  it('do not hold up those of another', async () => {
    const [busy, stranger] = await Promise.all([logIn(running.app), logIn(running.app)]);
    const { id } = (await stranger.generate({ ...code, logo: await picture('png') })).json<{ id: string }>();
    let drawn = 0;
    const many = Array.from({ length: 8 }, async () => {
      const { statusCode } = await busy.preview({ ...code, logo: heaviest });
      drawn += 1;
      return statusCode;
    });
    // All of them are under way before the stranger asks.
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    const answers = await Promise.all([
      stranger.get(`/qr/${id}/image.png?size=2048`),
      stranger.preview({ ...code, logo: await picture('jpeg') }),
    ]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(drawn).toBeLessThanOrEqual(3);
    expect(await Promise.all(many)).toEqual(Array(8).fill(200));
  });

  it('are refused with 429 beyond a handful, and drawn again afterwards', async () => {
    const [busy, stranger] = await Promise.all([logIn(running.app), logIn(running.app)]);
    const answers = Promise.all(Array.from({ length: 40 }, () => busy.preview({ ...code, logo: heaviest })));
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    const undisturbed = await stranger.preview({ ...code, logo: await picture('png') });
    expect(undisturbed.statusCode).toBe(200);
    const statuses = (await answers).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(20);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(5);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect((await busy.preview({ ...code, logo: await picture('png') })).statusCode).toBe(200);
  });

  it('are drawn after some that were refused', async () => {
    const owner = await logIn(running.app);
    const damaged = `${heaviest.slice(0, 2000)}AAAA`;
    const answers = await Promise.all(Array.from({ length: 6 }, () => owner.preview({ ...code, logo: damaged })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(6).fill(400));
    expect((await owner.preview({ ...code, logo: await picture('png') })).statusCode).toBe(200);
  });
});
