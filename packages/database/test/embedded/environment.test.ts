import { expect, it } from 'vitest';
import { readEnvironment } from '../../src/embedded/environment.ts';

const password = 'a-password-of-this-test';

it('reads the port, the password, the folder and the migrations', () => {
  const environment = {
    EMBEDDED_DATABASE_PORT: '5440',
    EMBEDDED_DATABASE_PASSWORD: password,
    EMBEDDED_DATABASE_DIR: '.data/database',
    EMBEDDED_DATABASE_MIGRATIONS: 'auth=services/auth/migrations, qr=services/qr/migrations',
  };
  expect(readEnvironment(environment)).toEqual({
    port: 5440,
    password,
    dataDir: '.data/database',
    migrations: [
      { schema: 'auth', folder: 'services/auth/migrations' },
      { schema: 'qr', folder: 'services/qr/migrations' },
    ],
  });
});

it('takes no folder for a database in memory', () => {
  expect(readEnvironment({ EMBEDDED_DATABASE_PORT: '0', EMBEDDED_DATABASE_PASSWORD: password })).toEqual({
    port: 0,
    password,
    migrations: [],
  });
});

it.each([undefined, '', 'abc', '-1', '1.5', '65536'])('refuses %j as a port', (port) => {
  expect(() => readEnvironment({ EMBEDDED_DATABASE_PORT: port, EMBEDDED_DATABASE_PASSWORD: password })).toThrow(
    /^EMBEDDED_DATABASE_PORT must be a port from 0 \(any\) to 65535, not /,
  );
});

it('names every bad variable in one sentence', () => {
  expect(() => readEnvironment({ EMBEDDED_DATABASE_PORT: 'x', EMBEDDED_DATABASE_MIGRATIONS: 'auth' })).toThrow(
    /EMBEDDED_DATABASE_PORT .*"x"; EMBEDDED_DATABASE_PASSWORD .*; EMBEDDED_DATABASE_MIGRATIONS .*"auth"$/,
  );
});
