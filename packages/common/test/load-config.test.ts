import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, readObservabilityConfig } from '../../telemetry/src/settings/load-config.ts';

const schema = Type.Object({
  PORT: Type.Integer({ default: 3001, minimum: 1, expected: 'a port number' }),
  DATABASE_URL: Type.String({ expected: 'a PostgreSQL URL' }),
  DEBUG_ROUTES: Type.Boolean({ default: false }),
});

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('converts text, fills in defaults and freezes the result', () => {
    const config = loadConfig(schema, { DATABASE_URL: 'postgres://x', PORT: '8080', DEBUG_ROUTES: '1' });
    expect(config).toMatchObject({ PORT: 8080, DEBUG_ROUTES: true, OBSERVABILITY_FLUSH_INTERVAL_MS: 1000 });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('lists every problem in one message, the library variables included', () => {
    const problems = problemsOf({ PORT: 'many', SENTRY_DSN: 'nonsense', SENTRY_TRACES_SAMPLE_RATE: '7' });
    expect(problems.map((problem) => problem.split(/[ :]/)[0]).sort()).toEqual([
      'DATABASE_URL',
      'PORT',
      'SENTRY_DSN',
      'SENTRY_TRACES_SAMPLE_RATE',
    ]);
  });

  it('says what was expected, what came, and never shows a secret', () => {
    const message = problemsOf({ DATABASE_URL: 'x', PORT: 'many', MIXPANEL_TOKEN: 'not a token!' }).join('\n');
    expect(message).toContain('PORT: expected a port number, got "many".');
    expect(message).toContain('MIXPANEL_TOKEN: expected a project token');
    expect(message).not.toContain('not a token!');
  });

  it('treats an empty variable as absent', () => {
    expect(loadConfig(schema, { DATABASE_URL: 'x', PORT: '', SENTRY_DSN: ' ' })).toMatchObject({ PORT: 3001 });
  });

  it('asks for the hash key in production only', () => {
    expect(problemsOf({ DATABASE_URL: 'x', NODE_ENV: 'production' })).toEqual([
      expect.stringContaining('PII_HASH_KEY is missing'),
    ]);
    expect(problemsOf({ DATABASE_URL: 'x' })).toEqual([]);
  });
});

describe('readObservabilityConfig', () => {
  it('keeps what is usable when something else is malformed', () => {
    const { config, problems } = readObservabilityConfig({ SENTRY_DSN: 'nonsense', MIXPANEL_TOKEN: 'a-token' });
    expect(config.MIXPANEL_TOKEN).toBe('a-token');
    expect(config.SENTRY_DSN).toBeUndefined();
    expect([...problems.keys()]).toEqual(['SENTRY_DSN']);
  });
});
