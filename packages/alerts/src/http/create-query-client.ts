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
