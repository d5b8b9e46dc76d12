import type { CommandContext } from '../cli/command.ts';
import { isLocal } from '../cli/environment.ts';
import { type Answer, documentOf, isSuccess } from '../cli/http.ts';
import { countOf } from '../cli/terminal.ts';
import { askSentry } from '../sentry-api/sentry-api.ts';
import { outcomesOf, type PartOutcome } from './deletions.ts';

const TIMEOUT_MS = 15_000;
const PERIOD = '90d';
const PAGE = 100;

const part = outcomesOf('sentry', 'Sentry');

/** What is to be done by hand at Sentry, and where. */
export interface SentryInstructions {
  readonly outcomes: readonly PartOutcome[];
  /** For people. */
  readonly steps: readonly string[];
}

/** An issue with events of one of the people. */
interface Issue {
  readonly id: string;
  readonly shortId: string;
  readonly userCount: number;
  readonly permalink: string;
}

/**
 * Sentry deletes issues, with the events of everybody in them, and has no way to delete those of one person: finds the issues, when a token says
 * that it may, and explains the rest.
 *
 * @see https://docs.sentry.io/api/events/list-an-organizations-issues/
 * @see https://docs.sentry.io/api/events/remove-an-issue/
 */
export async function explainSentry(context: CommandContext, people: readonly string[]): Promise<SentryInstructions> {
  const { env } = context;
  if (!env['SENTRY_DSN']) return { outcomes: [part('unused', 'SENTRY_DSN is not set')], steps: [] };
  if (isLocal(env))
    return {
      outcomes: [part('by hand', 'the inbox stands in for it: the errors there stay until its page clears them')],
      steps: [],
    };
  const site = siteOf(env);
  const token = env['SENTRY_AUTH_TOKEN']?.trim();
  if (!token || !env['SENTRY_ORG']?.trim()) {
    const missing = token ? 'SENTRY_ORG' : 'SENTRY_AUTH_TOKEN';
    const outcome = part(
      'by hand',
      `it deletes issues, not the events of one person; ${missing} is not set, so look for them`,
    );
    return { outcomes: [outcome], steps: stepsFor(site, people) };
  }
  const found = new Map<string, Issue>();
  let hasMore = false;
  for (const id of people) {
    const answer = await askForIssues(context, site, { id, token });
    if (!isSuccess(answer))
      return { outcomes: [part('failed', reasonOf(answer, site))], steps: stepsFor(site, people) };
    for (const issue of issuesIn(answer, site)) found.set(issue.id, issue);
    hasMore ||= /rel="next"; results="true"/.test(answer.headers.get('link') ?? '');
  }
  if (found.size === 0) return { outcomes: [part('done', `no issue of the last ${PERIOD} names them`)], steps: [] };
  const many = `${hasMore ? 'more than ' : ''}${countOf(found.size, 'issue')}`;
  const outcome = part('by hand', `it deletes issues, not the events of one person; ${many} to decide on`);
  return { outcomes: [outcome], steps: [...[...found.values()].map(lineOf), ...stepsFor(site, people)] };
}

interface Site {
  readonly url: string;
  readonly org: string;
}

function siteOf(env: CommandContext['env']): Site {
  const url = env['SENTRY_URL']?.trim().replace(/\/+$/, '') || 'https://sentry.io';
  return { url, org: env['SENTRY_ORG']?.trim() || '<SENTRY_ORG>' };
}

function askForIssues(
  context: CommandContext,
  site: Site,
  { id, token }: { readonly id: string; readonly token: string },
): Promise<Answer> {
  const query = { query: queryFor(id), statsPeriod: PERIOD, project: '-1', limit: String(PAGE) };
  return askSentry({ method: 'GET', path: 'issues/', query }, { ...context, ...site, token, timeoutMs: TIMEOUT_MS });
}

function issuesIn({ text }: Answer, { url, org }: Site): readonly Issue[] {
  return (documentOf<readonly Partial<Issue>[]>(text) ?? []).map((issue) => ({
    id: String(issue.id),
    shortId: String(issue.shortId),
    userCount: Number(issue.userCount ?? 0),
    permalink: String(issue.permalink ?? `${url}/organizations/${org}/issues/${issue.id}/`),
  }));
}

/** Without a state, or only unresolved issues are found. */
function queryFor(id: string): string {
  return `user.id:"${id.replace(/["\\]/g, '\\$&')}"`;
}

function lineOf({ shortId, userCount, permalink }: Issue): string {
  return `${shortId}, of ${countOf(userCount, 'user')}: ${permalink}`;
}

function stepsFor({ url, org }: Site, people: readonly string[]): string[] {
  const links = people.map((id) => {
    const query = new URLSearchParams({ query: queryFor(id), statsPeriod: PERIOD, project: '-1' });
    return `   ${url}/organizations/${org}/issues/?${query}`;
  });
  return [
    '1. Look at the issues that name the person:',
    ...links,
    '2. Delete those that may go, with all events in them, also of others: open one, and choose Delete in its menu, or',
    `   curl -X DELETE -H "Authorization: Bearer $SENTRY_AUTH_TOKEN" ${url}/api/0/organizations/${org}/issues/<id>/`,
    '   with a token that has the scope event:admin.',
    '3. User Feedback and Replays are lists of their own: search each for the same id, and delete what is found there.',
    '4. What stays ends with the retention of your plan. Errors to come do not name the person any more.',
  ];
}

function reasonOf({ status, text }: Answer, { url, org }: Site): string {
  if (status === 0) return `nobody answers at ${url} (${text}): check the network and SENTRY_URL`;
  if (status === 401) return 'it refuses SENTRY_AUTH_TOKEN (401)';
  if (status === 403)
    return 'SENTRY_AUTH_TOKEN may not read issues (403): it needs the scope event:read, which organization tokens do not have';
  if (status === 404) return `there is no organization "${org}" at ${url} (404): check SENTRY_ORG and SENTRY_URL`;
  return `it answered ${status}`;
}
