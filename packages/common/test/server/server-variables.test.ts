import Type from 'typebox';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { loadConfig } from '../../src/index.ts';
import {
  databaseVariables,
  originsVariable,
  originVariable,
  serverVariables,
  serviceTokenVariables,
  sessionVariables,
} from '../../src/server.ts';

const environment = Type.Object({
  ...serverVariables(3009),
  ...databaseVariables,
  ...sessionVariables,
  ...serviceTokenVariables,
  OTHER_URL: originVariable('http://127.0.0.1:3010', 'the origin of other-service'),
  MANY_URL: originsVariable('http://127.0.0.1:3011', 'the origin of many-service'),
  PERHAPS_URL: originsVariable(undefined, 'the origin of perhaps-service'),
});
const key = 'k'.repeat(32);
const least = { DATABASE_URL: 'postgres://localhost/x', JWT_SECRET: key, SERVICE_TOKEN: key };

describe('the variables of a service', () => {
  it('have defaults where there is a sensible one', () => {
    const config = loadConfig(environment, least);
    expect(config).toMatchObject({
      ...{ PORT: 3009, HOST: '127.0.0.1', DEBUG_ROUTES: false, PUBLIC_ORIGIN: 'http://localhost:3000' },
      ...{ OTHER_URL: 'http://127.0.0.1:3010', MANY_URL: 'http://127.0.0.1:3011' },
    });
    expect(config.PERHAPS_URL).toBeUndefined();
    expectTypeOf(config.PERHAPS_URL).toEqualTypeOf<string | undefined>();
    expectTypeOf(config.MANY_URL).toEqualTypeOf<string>();
  });

  it('take the origins of several instances only where there may be several', () => {
    const two = 'http://a:1,http://b:2';
    expect(loadConfig(environment, { ...least, MANY_URL: two, PERHAPS_URL: two })).toMatchObject({ MANY_URL: two });
    expect(() => loadConfig(environment, { ...least, OTHER_URL: two })).toThrow(
      'OTHER_URL: expected the origin of other-service, such as http://127.0.0.1:3010, without a slash at the end',
    );
  });

  it.each([
    [{ PORT: '70000' }, 'PORT: expected a port number, got 70000'],
    [{ MANY_URL: 'http://a/' }, 'MANY_URL: expected the origin of many-service, or those of its instances'],
    [{ DATABASE_URL: 'mysql://secret' }, 'DATABASE_URL: expected a connection string such as postgres://'],
    [{ JWT_SECRET: 'short' }, 'JWT_SECRET: expected a random key of at least 32 characters'],
    [{ SERVICE_TOKEN: undefined }, 'SERVICE_TOKEN'],
  ])('are refused with what was expected, and without a secret: %j', (changes, message) => {
    const load = () => loadConfig(environment, { ...least, ...changes });
    expect(load).toThrow(message);
    expect(load).not.toThrow(/short|mysql:\/\/secret/);
  });
});
