import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { type Check, type CheckContext, type Finding, failed, ok, skipped, warning, worstOf } from '../check.ts';
import { destinationsOf, isLoopback, originOf } from '../hosts.ts';

/** Read by `qr-obs` and the inbox only, so that the library's own check does not know them. */
const ORIGINS = ['INBOX_URL', 'SENTRY_URL'];

/** Every variable that services read, by the check that each of them makes when it starts. */
export const variables: Check = {
  name: 'variables',
  about: 'what is set can be read; analytics and error tracking are on',
  needs: [],
  isOffline: true,
  run: async (context) => readVariables(context),
};

function readVariables({ env, library }: CheckContext): Finding {
  const { config, problems } = library.readObservabilityConfig(env);
  const wrongOrigins = ORIGINS.filter((name) => env[name] && originOf(env[name]) === undefined);
  const said = [
    ...problems.values(),
    ...wrongOrigins.map(
      (name) => `${name}: expected an origin such as http://127.0.0.1:4600, got ${JSON.stringify(env[name])}.`,
    ),
  ];
  if (said.length > 0)
    return failed(
      said.join('\n'),
      'Correct them in .env or in the environment; .env.example explains each. Services do not start with them.',
    );
  const { MIXPANEL_TOKEN: token, SENTRY_DSN: dsn } = config;
  const off = [
    ...(token ? [] : ['MIXPANEL_TOKEN is not set: analytics are off.']),
    ...(dsn ? [] : ['SENTRY_DSN is not set: error tracking is off.']),
    ...(env['MIXPANEL_SERVICE_ACCOUNT'] && !env['MIXPANEL_PROJECT_ID']
      ? ['MIXPANEL_SERVICE_ACCOUNT is set and MIXPANEL_PROJECT_ID is not: nothing is sent to Mixpanel.']
      : []),
  ];
  if (off.length === 0) return ok('All can be read; analytics and error tracking are on.');
  return warning(off.join('\n'), 'Put what is missing into .env; .env.example explains it.');
}

/** Two slips; a shorter name is too easily that of another program. */
const MAX_SLIPS = 2;
const LEAST_LENGTH = 8;

/** Variables that nobody reads and that look like one that is read: what is mistyped is silently absent. */
export const spelling: Check = {
  name: 'spelling',
  about: 'no variable looks like a slip of one that is read',
  needs: [],
  isOffline: true,
  async run({ given, root }) {
    const known = await namesIn(join(root, '.env.example'));
    if (known.length === 0) return skipped(`There is no .env.example in ${root} to compare with.`);
    const absent = known.filter((name) => !given.has(name));
    const slips = [...given]
      .filter(([name]) => name.length >= LEAST_LENGTH && !known.includes(name))
      .flatMap(([name, source]) => {
        const meant = nearest(name, absent);
        return meant === undefined ? [] : [{ name, source, meant }];
      });
    if (slips.length === 0) return ok('No variable looks mistyped.');
    return warning(
      slips
        .map(({ name, source, meant }) => `Nothing reads ${name} (in ${source}). Did you mean ${meant}? It is not set.`)
        .join('\n'),
      'Correct the name where it is set.',
    );
  },
};

/** `.env.example` has a line for every variable of the platform. */
async function namesIn(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return [...text.matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].flatMap(([, name]) => name ?? []);
}

/** The name with the fewest slips, in any case. */
function nearest(given: string, known: readonly string[]): string | undefined {
  const meant = closest(given.toUpperCase(), known);
  return distance(given.toUpperCase(), meant) <= MAX_SLIPS ? meant : undefined;
}

/** What a laptop may have and production may not. That PII_HASH_KEY is there, the check of the variables sees to. */
export const production: Check = {
  name: 'production',
  about: 'nothing of a laptop is left where NODE_ENV says production',
  needs: ['variables'],
  isOffline: true,
  async run({ env }) {
    const { NODE_ENV: mode = 'development' } = env;
    if (mode !== 'production') return skipped(`NODE_ENV is ${mode}: what holds for production only was not asked.`);
    const { mixpanel, sentry, inbox } = destinationsOf(env);
    const findings = [
      destination('MIXPANEL_API_HOST', 'Events', mixpanel, inbox),
      destination('SENTRY_DSN', 'Errors', sentry, inbox),
    ];
    return worstOf(findings) ?? ok('No destination is a local one, and hashes have a key.');
  },
};

function destination(variable: string, what: string, origin: string | undefined, inbox: string): Finding | undefined {
  if (origin === undefined) return undefined;
  if (origin === inbox || isLoopback(origin))
    return failed(
      `${what} of production go to ${origin}, which is the development inbox or another local stand-in.`,
      `Set ${variable === 'SENTRY_DSN' ? variable : `MIXPANEL_TOKEN and ${variable}`} to those of the production project, or NODE_ENV to development.`,
    );
  if (!origin.startsWith('http:')) return undefined;
  return failed(
    `${what} of production go to ${origin} in clear text; the vendors refuse that.`,
    `Write https:// in ${variable}.`,
  );
}

/** What the page was given beside what the services have. */
export const page: Check = {
  name: 'page',
  about: "the page's public variables fit those of the services",
  needs: ['variables'],
  isOffline: true,
  async run({ env }) {
    const { VITE_MIXPANEL_TOKEN: pageToken, MIXPANEL_TOKEN: token, VITE_SENTRY_DSN: pageDsn, SENTRY_DSN: dsn } = env;
    if (!pageToken && !pageDsn)
      return skipped(
        'No VITE_MIXPANEL_TOKEN and no VITE_SENTRY_DSN: the page gets its own from `npm start`, or sends nothing.',
      );
    const findings = [tokens(pageToken, token), dsns(pageDsn, dsn)];
    return worstOf(findings) ?? ok('The page sends to the same Mixpanel project and to a Sentry project of its own.');
  },
};

function tokens(pageToken: string | undefined, token: string | undefined): Finding | undefined {
  if (!pageToken || !token || pageToken === token) return undefined;
  return warning(
    'VITE_MIXPANEL_TOKEN and MIXPANEL_TOKEN differ: the page and the services send to two projects, so that no funnel leads from one to the other.',
    'Give both the token of one project, unless two are what you want; then build the page again.',
  );
}

function dsns(pageDsn: string | undefined, dsn: string | undefined): Finding | undefined {
  if (!pageDsn) return undefined;
  if (originOf(pageDsn) === undefined || !/^https?:\/\/\w+@.+\/\d+$/.test(pageDsn))
    return failed(
      'VITE_SENTRY_DSN: expected a DSN such as https://key@o1.ingest.sentry.io/2, got something else.',
      'Copy it from Sentry: Project Settings > Client Keys (DSN); then build the page again.',
    );
  if (dsn === undefined || projectOf(pageDsn) !== projectOf(dsn)) return undefined;
  return warning(
    'SENTRY_DSN and VITE_SENTRY_DSN name the same project: errors of browsers use up the quota of the services, and are grouped and alerted on with theirs.',
    'Make a project for the page and one for the services in Sentry, and give each its DSN.',
  );
}

function projectOf(dsn: string): string {
  const { host, pathname } = new URL(dsn);
  return `${host}${pathname}`;
}
