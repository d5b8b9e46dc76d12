import { parseSteps } from '../query/analytics/funnel-steps.ts';
import type { FunnelFigures } from '../query/analytics/funnel-tally.ts';
import { funnel } from '../query/analytics/funnels.ts';
import type { ReportSource } from '../query/analytics/report-source.ts';
import { DAY_MS } from '../query/analytics/time-zone.ts';
import { userEvents } from '../query/analytics/user-events.ts';
import { traceIdOf } from '../query/filters.ts';
import type { StoredError, StoredEvent } from '../store/records.ts';

/** As a new funnel of the vendor has it. */
const WINDOW_MS = 7 * DAY_MS;
/** All of the time that is kept. */
const EVER = {
  start: Number.MIN_SAFE_INTEGER,
  end: Number.MAX_SAFE_INTEGER,
  buckets: { labels: [], indexOf: () => -1 },
};

/** How far those came who met an error, and how far the others. */
export interface IssueCost {
  readonly affected: FunnelFigures;
  readonly others: FunnelFigures;
}

/**
 * Whom an issue met: the users that its errors name, and those whose product events stand in the trace of one (a visitor whose error
 * names nobody).
 */
export function usersAffected(
  errors: readonly StoredError[],
  events: Iterable<StoredEvent>,
  { identity }: ReportSource,
): Set<string> {
  const users = new Set(errors.flatMap(({ userId }) => (userId === null ? [] : [identity.resolve(userId)])));
  const traces = new Set(errors.flatMap(({ traceId }) => (traceId === null ? [] : [traceId])));
  for (const event of events) {
    const traceId = traceIdOf(event);
    if (traceId !== null && traces.has(traceId)) users.add(identity.resolve(event.distinctId));
  }
  users.delete('');
  return users;
}

/** A funnel of users, each once, for those that an issue met and for everybody else. @throws ParameterError */
export function issueCost(source: ReportSource, affected: ReadonlySet<string>, steps: string): IssueCost {
  const rules = { steps: parseSteps(steps), windowMs: WINDOW_MS, type: 'unique' as const, limit: 0, ...EVER };
  const all = userEvents(source, { names: new Set(rules.steps.map(({ event }) => event)) });
  const figures = (isAffected: boolean): FunnelFigures => {
    const timelines = all
      .filter(({ user }) => user !== '' && affected.has(user) === isAffected)
      .map(({ events }) => events);
    return funnel(timelines, rules).overall as FunnelFigures;
  };
  return { affected: figures(true), others: figures(false) };
}
