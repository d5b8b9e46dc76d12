import { DrizzleQueryError } from 'drizzle-orm/errors';
import { expect, it } from 'vitest';
import { withoutValues } from '../src/index.ts';

it('an error of the query builder loses the values, and keeps the query and the cause', async () => {
  const cause = new Error('connection lost');
  const store = withoutValues({
    find: async (_name: string): Promise<string> => {
      throw new DrizzleQueryError('select * from users where name = $1', ['Ada'], cause);
    },
  });
  const error = await store.find('Ada').catch((reason: unknown) => reason);
  expect(error).toMatchObject({ message: 'Failed query: select * from users where name = $1', cause });
  expect(String(error)).not.toContain('Ada');
});

it('answers and other errors pass unchanged', async () => {
  const failure = new Error('other');
  const store = withoutValues({
    get: async () => 7,
    fail: async () => {
      throw failure;
    },
  });
  expect(await store.get()).toBe(7);
  await expect(store.fail()).rejects.toBe(failure);
});
