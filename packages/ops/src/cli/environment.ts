import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

type Environment = Readonly<Record<string, string | undefined>>;

const LOCAL_INBOX = 'http://127.0.0.1:4600';

/**
 * The variables that a command works with: the process's own, then what `.env` adds. Where neither names a vendor, the local inbox stands in for
 * both, with the tokens and development secrets of `npm start`.
 */
export function readEnvironment(root: string, env: Environment): Environment {
  const merged = withSchemes({ ...readEnvFile(join(root, '.env')), ...withoutEmpty(env) });
  if (merged['MIXPANEL_TOKEN'] || merged['SENTRY_DSN']) return merged;
  const inbox = (merged['INBOX_URL'] ?? LOCAL_INBOX).replace(/\/$/, '');
  return {
    INBOX_URL: inbox,
    MIXPANEL_TOKEN: 'local-token',
    MIXPANEL_API_HOST: inbox,
    MIXPANEL_APP_HOST: inbox,
    MIXPANEL_OAUTH_TOKEN: 'local-token',
    SENTRY_DSN: inbox.replace('://', '://server@').concat('/1'),
    ...readSecrets(join(root, '.data/secrets.json')),
    ...merged,
  };
}

/** Whether the inbox stands in for the vendors. */
export function isLocal(env: Environment): boolean {
  return env['INBOX_URL'] !== undefined && env['MIXPANEL_API_HOST'] === env['INBOX_URL'];
}

/** Mixpanel's hosts may lack their scheme, as in the services. */
function withSchemes(env: Environment): Environment {
  const hosts = ['MIXPANEL_API_HOST', 'MIXPANEL_APP_HOST'].flatMap((name) => {
    const host = env[name]?.trim();
    return host && /^[\w-]+(\.[\w-]+)+(:\d+)?(\/|$)/.test(host) ? [[name, `https://${host}`]] : [];
  });
  return { ...env, ...Object.fromEntries(hosts) };
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
}

function readEnvFile(path: string): Environment {
  try {
    return withoutEmpty(parseEnv(readFileSync(path, 'utf8')) as Environment);
  } catch {
    return {};
  }
}

function readSecrets(path: string): Environment {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Environment;
  } catch {
    return {};
  }
}
