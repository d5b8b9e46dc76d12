type Environment = Readonly<Record<string, string | undefined>>;

const LOCAL_INBOX = 'http://127.0.0.1:4600';
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Where events and errors are to go; `undefined` for a half that is off. */
export interface Destinations {
  readonly mixpanel: string | undefined;
  readonly sentry: string | undefined;
  /** The origin at which an inbox would be. */
  readonly inbox: string;
}

/** The origins that the environment names. Malformed ones count as absent: the check of the variables tells of them. */
export function destinationsOf(env: Environment): Destinations {
  return {
    mixpanel: env['MIXPANEL_TOKEN'] ? originOf(env['MIXPANEL_API_HOST'] || 'https://api.mixpanel.com') : undefined,
    sentry: env['SENTRY_DSN'] ? originOf(env['SENTRY_DSN']) : undefined,
    inbox: originOf(env['INBOX_URL'] || LOCAL_INBOX) ?? LOCAL_INBOX,
  };
}

/** The service account of the environment; `undefined` unless both of its variables are there. */
export function serviceAccountOf(
  env: Environment,
): { readonly credentials: string; readonly projectId: string } | undefined {
  const { MIXPANEL_SERVICE_ACCOUNT: credentials, MIXPANEL_PROJECT_ID: projectId } = env;
  return credentials && projectId ? { credentials, projectId } : undefined;
}

export function isLoopback(origin: string): boolean {
  return LOOPBACK.test(new URL(origin).hostname);
}

export function originOf(url: string): string | undefined {
  return URL.canParse(url) && /^https?:/.test(url) ? new URL(url).origin : undefined;
}
