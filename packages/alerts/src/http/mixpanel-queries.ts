import { type Conversion, NoDataError, type QueryClient } from '../query-client.ts';
import { createAsk, fieldOf, INBOX_ADVICE, numberOf, objectOf } from './ask.ts';

/** Where events are asked for: Mixpanel, or the inbox, which speaks the same. */
export interface MixpanelSource {
  /** `https://mixpanel.com`, that of another region, or the inbox. */
  readonly origin: string;
  /** Absent for the inbox, which has one project, no saved funnels, and takes the time zone from whoever asks. */
  readonly account?: MixpanelAccount;
}

export interface MixpanelAccount {
  /** `user:secret` of a service account. */
  readonly serviceAccount: string;
  readonly projectId: string;
  /** Ids of funnels that were saved on Mixpanel's page, by the name of the rule. */
  readonly funnelIds: Readonly<Record<string, string>>;
}

/** What all parts of the client are made with. */
export interface AskingOptions {
  readonly timeZone: string;
  readonly fetch: typeof globalThis.fetch;
  readonly signal?: AbortSignal | undefined;
}

type Queries = Pick<QueryClient, 'eventsPerBucket' | 'conversion'>;

const ADVICE = {
  400: 'The parameters are those of https://docs.mixpanel.com/reference/query-api.',
  401: 'Is MIXPANEL_SERVICE_ACCOUNT user:secret of a service account that is still there?',
  403: 'Is the service account a member of the project MIXPANEL_PROJECT_ID?',
  404: 'Is MIXPANEL_APP_HOST that of your region?',
  429: 'It takes 60 queries an hour: evaluate less often.',
} as const;

/**
 * Asks the reports of Mixpanel's Query API. One at a time, as it takes five at once.
 *
 * @see https://docs.mixpanel.com/reference/segmentation-query
 * @see https://docs.mixpanel.com/reference/funnels-query
 */
export function mixpanelQueries({ origin, account }: MixpanelSource, options: AskingOptions): Queries {
  const headers: Record<string, string> =
    account === undefined ? {} : { authorization: `Basic ${base64(account.serviceAccount)}` };
  const ask = createAsk({
    vendor: account === undefined ? 'The inbox' : 'Mixpanel',
    origin,
    headers,
    advice: account === undefined ? INBOX_ADVICE : ADVICE,
    ...options,
  });
  // Mixpanel takes no time zone: it has that of the project.
  const common = account === undefined ? { timezone: options.timeZone } : { project_id: account.projectId };
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (path: string, parameters: Record<string, string>): Promise<unknown> => {
    const answer = last.then(() => ask(path, { ...common, ...parameters }));
    last = answer.catch(() => undefined);
    return answer;
  };

  return {
    async eventsPerBucket({ event, unit, count, fromDate, toDate }) {
      const type = count === 'unique' ? 'unique' : 'general';
      const answer = await inTurn('/api/query/segmentation', {
        event,
        unit,
        type,
        from_date: fromDate,
        to_date: toDate,
      });
      const data = fieldOf(answer, 'data');
      const labels = fieldOf(data, 'series');
      if (!Array.isArray(labels)) throw new Error(`${origin} answered a segmentation without "data.series".`);
      const counts = objectOf(objectOf(fieldOf(data, 'values'))[event]);
      return new Map(labels.map((label) => [String(label), numberOf(counts[String(label)])]));
    },

    async conversion({ rule, steps, windowDays, fromDate, toDate, days }) {
      const answer = await inTurn('/api/query/funnels', {
        ...funnelOf(account, rule, steps),
        length: String(windowDays),
        length_unit: 'day',
        // One funnel over all days: else a person counts on each of them.
        interval: String(days),
        from_date: fromDate,
        to_date: toDate,
      });
      return conversionIn(answer, steps);
    },
  };
}

function funnelOf(
  account: MixpanelAccount | undefined,
  rule: string,
  steps: readonly string[],
): Record<string, string> {
  if (account === undefined) return { steps: JSON.stringify(steps) };
  const id = account.funnelIds[rule];
  if (id !== undefined) return { funnel_id: id };
  throw new NoDataError(
    `Mixpanel answers for saved funnels only: save one of ${steps.join(' and ')} on its page, and name it as ` +
      `MIXPANEL_FUNNEL_IDS="${rule}=<funnel id>".`,
  );
}

function conversionIn(answer: unknown, steps: readonly string[]): Conversion {
  let entered = 0;
  let converted = 0;
  for (const figures of Object.values(objectOf(fieldOf(answer, 'data')))) {
    const found = fieldOf(figures, 'steps');
    if (!Array.isArray(found)) throw new Error('The answer has a date without "steps".');
    const names = found.map((step) => String(fieldOf(step, 'event') ?? fieldOf(step, 'goal')));
    // Somebody may have changed what was saved.
    if (names.join() !== steps.join())
      throw new Error(`The saved funnel has the steps ${names.join(', ')}; the rule is about ${steps.join(', ')}.`);
    entered += numberOf(fieldOf(found[0], 'count'));
    converted += numberOf(fieldOf(found.at(-1), 'count'));
  }
  return { entered, converted };
}

/** Of UTF-8: `btoa` alone knows Latin-1 only. */
function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
