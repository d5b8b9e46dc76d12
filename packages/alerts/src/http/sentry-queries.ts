import type { QueryClient, TimeWindow } from '../query-client.ts';
import { createAsk, fieldOf, INBOX_ADVICE, numberOf, type Parameters } from './ask.ts';
import type { AskingOptions } from './mixpanel-queries.ts';

/** Where errors and requests are asked for: Sentry, or the inbox, which speaks the same. */
export interface SentrySource {
  /** `https://sentry.io`, that of another region or of one's own, or the inbox. */
  readonly origin: string;
  readonly organization: string;
  /** Absent for the inbox. */
  readonly token?: string;
  /** The name of the deployment; absent: all of them. */
  readonly environment?: string;
}

type Queries = Pick<QueryClient, 'countErrors' | 'countNewIssues' | 'requestDuration'>;

/** The most that a page of issues has. */
const MOST_ISSUES = 100;
/** Requests at a service, not what they asked for, nor pages. */
const REQUESTS = 'is_transaction:true span.op:http.server';
const SCOPES =
  'An organization token (sntrys_...) cannot read: use that of an internal integration, with org:read and event:read.';
const ADVICE = {
  401: `Is SENTRY_AUTH_TOKEN still valid? ${SCOPES}`,
  403: SCOPES,
  404: 'Is SENTRY_ORG the slug of your organization, and SENTRY_URL that of its region?',
  429: 'Evaluate less often.',
} as const;

/**
 * Asks Sentry's public endpoints: the table of events, and the list of issues.
 *
 * @see https://docs.sentry.io/api/explore/query-explore-events-in-table-format/
 * @see https://docs.sentry.io/api/events/list-an-organizations-issues/
 */
export function sentryQueries(source: SentrySource, options: AskingOptions): Queries {
  const { origin, organization, token, environment } = source;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const ask = createAsk({
    vendor: token === undefined ? 'The inbox' : 'Sentry',
    origin,
    headers,
    advice: token === undefined ? INBOX_ADVICE : ADVICE,
    ...options,
  });
  const root = `/api/0/organizations/${encodeURIComponent(organization)}`;
  const within = (window: TimeWindow): Parameters => ({
    start: timeText(window.from),
    end: timeText(window.to),
    ...(environment !== undefined && { environment }),
  });
  const firstRow = async (parameters: Parameters): Promise<unknown> => {
    const rows = fieldOf(await ask(`${root}/events/`, parameters), 'data');
    if (!Array.isArray(rows)) throw new Error(`${origin} answered a table of events without "data".`);
    return rows[0];
  };

  return {
    async countErrors(window) {
      return numberOf(fieldOf(await firstRow({ dataset: 'errors', field: 'count()', ...within(window) }), 'count()'));
    },

    /** Up to 100, which is more than anybody looks at. */
    async countNewIssues(window) {
      const issues = await ask(`${root}/issues/`, {
        // An empty query, as the default leaves out what was resolved meanwhile.
        query: '',
        sort: 'new',
        limit: String(MOST_ISSUES),
        ...within(window),
      });
      if (!Array.isArray(issues)) throw new Error(`${origin} answered something else than a list of issues.`);
      // What is asked for are issues with an error in this time, new or not.
      return issues.filter((issue) => isWithin(Date.parse(String(fieldOf(issue, 'firstSeen'))), window)).length;
    },

    async requestDuration(percentile, window) {
      const field = `p${percentile}(span.duration)`;
      const requests = 'count(span.duration)';
      const row = await firstRow({ dataset: 'spans', query: REQUESTS, field: [field, requests], ...within(window) });
      const value = fieldOf(row, field);
      return numberOf(fieldOf(row, requests)) === 0 || typeof value !== 'number' ? null : value;
    },
  };
}

/** As the documentation writes it, in UTC without saying so. */
function timeText(time: number): string {
  return new Date(time).toISOString().slice(0, -1);
}

function isWithin(time: number, { from, to }: TimeWindow): boolean {
  return time >= from && time < to;
}
