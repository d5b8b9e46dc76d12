import { type Check, type Finding, worstOf } from '../check.ts';
import { originOf } from '../destinations.ts';

/** What the page was given beside what the services have. */
export const page: Check = {
  name: 'page',
  about: "the page's public variables fit those of the services",
  needs: ['variables'],
  isOffline: true,
  async run({ env }) {
    const { VITE_MIXPANEL_TOKEN: pageToken, MIXPANEL_TOKEN: token, VITE_SENTRY_DSN: pageDsn, SENTRY_DSN: dsn } = env;
    if (!pageToken && !pageDsn)
      return {
        status: 'skipped',
        says: 'No VITE_MIXPANEL_TOKEN and no VITE_SENTRY_DSN: the page gets its own from `npm start`, or sends nothing.',
      };
    const findings = [...(pageToken && token ? tokens(pageToken, token) : []), ...(pageDsn ? dsns(pageDsn, dsn) : [])];
    return (
      worstOf(findings) ?? {
        status: 'ok',
        says: 'The page sends to the same Mixpanel project and to a Sentry project of its own.',
      }
    );
  },
};

function tokens(pageToken: string, token: string): readonly Finding[] {
  if (pageToken === token) return [];
  return [
    {
      status: 'warning',
      says: 'VITE_MIXPANEL_TOKEN and MIXPANEL_TOKEN differ: the page and the services send to two projects, so that no funnel leads from one to the other.',
      do: 'Give both the token of one project, unless two are what you want; then build the page again.',
    },
  ];
}

function dsns(pageDsn: string, dsn: string | undefined): readonly Finding[] {
  if (originOf(pageDsn) === undefined || !/^https?:\/\/\w+@.+\/\d+$/.test(pageDsn)) {
    return [
      {
        status: 'failed',
        says: 'VITE_SENTRY_DSN: expected a DSN such as https://key@o1.ingest.sentry.io/2, got something else.',
        do: 'Copy it from Sentry: Project Settings > Client Keys (DSN); then build the page again.',
      },
    ];
  }
  if (dsn === undefined || projectOf(pageDsn) !== projectOf(dsn)) return [];
  return [
    {
      status: 'warning',
      says: 'SENTRY_DSN and VITE_SENTRY_DSN name the same project: errors of browsers use up the quota of the services, and are grouped and alerted on with theirs.',
      do: 'Make a project for the page and one for the services in Sentry, and give each its DSN.',
    },
  ];
}

function projectOf(dsn: string): string {
  const { host, pathname } = new URL(dsn);
  return `${host}${pathname}`;
}
