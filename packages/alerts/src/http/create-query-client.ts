import { bucketAt } from '../buckets.ts';
import { NoDataError, type QueryClient } from '../query-client.ts';
import { type MixpanelSource, mixpanelQueries } from './mixpanel-queries.ts';
import { type SentrySource, sentryQueries } from './sentry-queries.ts';

/** Whom to ask; what is absent is not asked, and its rules have no data. */
export interface QuerySources {
  readonly mixpanel?: MixpanelSource;
  readonly sentry?: SentrySource;
  /** That of the project at Mixpanel, an IANA name. @default 'UTC' */
  readonly timeZone?: string;
}

/** What {@link createQueryClient} takes. */
export interface QueryClientOptions extends QuerySources {
  readonly fetch: typeof globalThis.fetch;
  /** Ends all questions. */
  readonly signal?: AbortSignal;
}

/**
 * Asks the vendors over HTTP, or the inbox in their place.
 *
 * @throws Error when there is no such time zone.
 */
export function createQueryClient(options: QueryClientOptions): QueryClient {
  const { mixpanel, sentry, timeZone = 'UTC', fetch, signal } = options;
  refuseUnknownZone(timeZone);
  const asking = { timeZone, fetch, signal };
  return {
    timeZone,
    ...(sentry === undefined ? noSentry() : sentryQueries(sentry, asking)),
    ...(mixpanel === undefined ? noMixpanel() : mixpanelQueries(mixpanel, asking)),
  };
}

function noSentry(): ReturnType<typeof sentryQueries> {
  const refuse = notAsked('Sentry is not asked: set SENTRY_AUTH_TOKEN and SENTRY_ORG.');
  return { countErrors: refuse, countNewIssues: refuse, requestDuration: refuse };
}

function noMixpanel(): ReturnType<typeof mixpanelQueries> {
  const refuse = notAsked('Mixpanel is not asked: set MIXPANEL_SERVICE_ACCOUNT and MIXPANEL_PROJECT_ID.');
  return { eventsPerBucket: refuse, conversion: refuse };
}

function notAsked(reason: string): () => Promise<never> {
  return () => Promise.reject(new NoDataError(reason));
}

function refuseUnknownZone(timeZone: string): void {
  try {
    bucketAt(0, 'hour', timeZone);
  } catch (error) {
    throw new Error(`The time zone must be an IANA name such as Europe/Prague, got "${timeZone}".`, { cause: error });
  }
}

/** The variables that say whom to ask. */
export interface AlertVariables {
  readonly INBOX_URL?: string | undefined;
  readonly MIXPANEL_SERVICE_ACCOUNT?: string | undefined;
  readonly MIXPANEL_PROJECT_ID?: string | undefined;
  readonly MIXPANEL_APP_HOST?: string | undefined;
  readonly MIXPANEL_TIME_ZONE?: string | undefined;
  readonly MIXPANEL_FUNNEL_IDS?: string | undefined;
  readonly SENTRY_AUTH_TOKEN?: string | undefined;
  readonly SENTRY_ORG?: string | undefined;
  readonly SENTRY_URL?: string | undefined;
  readonly SENTRY_ENVIRONMENT?: string | undefined;
}

/**
 * Whom to ask by the environment: the vendors that there are accounts of; without any the inbox for both; undefined when there is neither.
 *
 * @throws Error when MIXPANEL_FUNNEL_IDS is no list.
 */
export function sourcesFrom(variables: AlertVariables): QuerySources | undefined {
  const { INBOX_URL: inbox, MIXPANEL_TIME_ZONE: timeZone = 'UTC' } = variables;
  const mixpanel = mixpanelFrom(variables);
  const sentry = sentryFrom(variables);
  if (mixpanel !== undefined || sentry !== undefined)
    return { timeZone, ...(mixpanel && { mixpanel }), ...(sentry && { sentry }) };
  if (inbox === undefined) return undefined;
  return { timeZone, mixpanel: { origin: inbox }, sentry: { origin: inbox, organization: 'local' } };
}

function mixpanelFrom(variables: AlertVariables): MixpanelSource | undefined {
  const {
    MIXPANEL_SERVICE_ACCOUNT: serviceAccount,
    MIXPANEL_PROJECT_ID: projectId,
    MIXPANEL_APP_HOST: origin = 'https://mixpanel.com',
    MIXPANEL_FUNNEL_IDS: funnels = '',
  } = variables;
  if (serviceAccount === undefined || projectId === undefined) return undefined;
  return { origin, account: { serviceAccount, projectId, funnelIds: parseFunnelIds(funnels) } };
}

function sentryFrom(variables: AlertVariables): SentrySource | undefined {
  const {
    SENTRY_AUTH_TOKEN: token,
    SENTRY_ORG: organization,
    SENTRY_URL: origin = 'https://sentry.io',
    SENTRY_ENVIRONMENT: environment,
  } = variables;
  if (token === undefined || organization === undefined) return undefined;
  return { origin, organization, token, ...(environment !== undefined && { environment }) };
}

function parseFunnelIds(list: string): Record<string, string> {
  const entries = list.split(',').filter((entry) => entry.trim() !== '');
  return Object.fromEntries(
    entries.map((entry) => {
      const [, rule, id] = /^\s*([^=]+?)\s*=\s*(\d+)\s*$/.exec(entry) ?? [];
      if (rule === undefined || id === undefined)
        throw new Error(
          `MIXPANEL_FUNNEL_IDS must be a list such as Conversion drop=7509, separated by commas, got "${entry}".`,
        );
      return [rule, id];
    }),
  );
}
