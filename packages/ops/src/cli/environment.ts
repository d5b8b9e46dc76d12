import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type RunningPlatform, runningPlatforms } from '@qr/inbox/platforms';

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const LOCAL_INBOX = 'http://127.0.0.1:4600';

/** What surrounds a command. */
export interface Surroundings {
  /** The variables that it works with. */
  readonly env: Environment;
  /** Where each variable that a person has set comes from; nothing that was filled in. */
  readonly given: ReadonlyMap<string, '.env' | 'the environment'>;
  /** The platforms of this checkout that run; where the inbox stands in for the vendors, its platform is the first. */
  readonly platforms: readonly RunningPlatform[];
}

/**
 * Reads the process's own variables, then what `.env` adds. Where neither names a vendor, the local inbox stands in for both: that of the platform
 * that runs, with its addresses and development secrets, else the one at the default port.
 */
export function readSurroundings(root: string, env: Environment): Surroundings {
  const [own, file] = [withoutEmpty(env), readEnvFile(join(root, '.env'))];
  const given = new Map<string, '.env' | 'the environment'>([
    ...Object.keys(file).map((name) => [name, '.env'] as const),
    ...Object.keys(own).map((name) => [name, 'the environment'] as const),
  ]);
  const merged = withSchemes({ ...file, ...own });
  const running = runningPlatforms(root);
  if (merged['MIXPANEL_TOKEN'] || merged['SENTRY_DSN']) return { env: merged, given, platforms: running };
  const named = merged['INBOX_URL']?.replace(/\/$/, '');
  const platform = running.find(({ variables }) => named === undefined || variables['INBOX_URL'] === named);
  const inbox = named ?? platform?.variables['INBOX_URL'] ?? LOCAL_INBOX;
  const local = {
    MIXPANEL_TOKEN: 'local-token',
    MIXPANEL_API_HOST: inbox,
    MIXPANEL_APP_HOST: inbox,
    MIXPANEL_OAUTH_TOKEN: 'local-token',
    SENTRY_DSN: inbox.replace('://', '://server@').concat('/1'),
    ...platform?.variables,
    ...readSecrets(join(platform?.dataDir ?? join(root, '.data'), 'secrets.json')),
  };
  const others = running.filter((other) => other !== platform);
  return {
    env: { ...local, ...merged, INBOX_URL: inbox },
    given,
    platforms: platform ? [platform, ...others] : others,
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
