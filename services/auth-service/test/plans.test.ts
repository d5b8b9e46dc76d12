import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBrowser, startApp } from './start-app.ts';

let running: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  running = await startApp('embedded');
});
afterAll(() => running.stop());

interface PlansAnswer {
  readonly plans: readonly { readonly name: string; readonly prices: Readonly<Record<string, number>> }[];
}

it('tells everyone the plans from the smallest to the largest, with prices in minor units', async () => {
  const response = await createBrowser(running.app).send('GET', '/auth/plans');
  expect(response.statusCode).toBe(200);
  expect(response.headers['cache-control']).toBe('public, max-age=300');
  expect(response.cookies).toEqual([]);
  expect(response.json()).toEqual({
    plans: [
      { name: 'free', prices: {} },
      { name: 'pro', prices: { EUR: 900, USD: 900, JPY: 1300 } },
      { name: 'business', prices: { EUR: 2900, USD: 2900, JPY: 4200 } },
    ],
  });
});

it('sells at every price that it tells', async () => {
  const { plans } = (await createBrowser(running.app).send('GET', '/auth/plans')).json<PlansAnswer>();
  const orders = plans.flatMap(({ name, prices }) =>
    Object.entries(prices).map(([currency, amountMinor]) => ({ plan: name, currency, amountMinor })),
  );
  expect(orders).toHaveLength(6);
  for (const order of orders) {
    const buyer = createBrowser(running.app);
    const email = `${order.plan}-${order.currency}@example.com`;
    await buyer.send('POST', '/auth/signup', { email, password: 'correct horse battery' });
    const response = await buyer.send('POST', '/auth/plan', order);
    expect(response.json()).toMatchObject({ user: { plan: order.plan } });
  }
});

it('is documented', async () => {
  const { paths } = (await running.app.inject('/documentation/json')).json<{ paths: Record<string, unknown> }>();
  expect(Object.keys(paths)).toContain('/auth/plans');
});
