import { afterEach, expect, it, vi } from 'vitest';
import { postgresAvailable } from '../../src/testing/index.ts';

const ABSENT = 'postgres://someone:secret@127.0.0.1:1/postgres';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('an absent server is reported on the console, without its password', async () => {
  vi.stubEnv('TEST_DATABASE_URL', ABSENT);
  vi.stubEnv('CI', '');
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  expect(await postgresAvailable()).toBe(false);
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/^PostgreSQL at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED.*SKIPPED\.$/),
  );
  expect(String(warn.mock.calls)).not.toContain('secret');
});

it('an absent server is an error in continuous integration', async () => {
  vi.stubEnv('TEST_DATABASE_URL', ABSENT);
  vi.stubEnv('CI', 'true');
  await expect(postgresAvailable()).rejects.toThrow('Start it or set TEST_DATABASE_URL');
});
