import Type from 'typebox';
import { ParameterError } from './parameter-error.ts';
import type { SeriesUnit } from './time-buckets.ts';

const DATE = '^\\d{4}-\\d{2}-\\d{2}$';
/** Longer than any filter that somebody writes; what is nested deeper than this would exhaust the stack. */
const EXPRESSION_LENGTH = 2000;

/** An expression that filters events. */
export const Where = Type.String({
  minLength: 1,
  maxLength: EXPRESSION_LENGTH,
  description: 'properties["x"] == "y" and the like; see the README',
});
/** A property to break down by. */
export const On = Type.String({ minLength: 1, maxLength: 300, description: 'properties["x"], or the plain name' });

/** What all reports take. */
export const reportParameters = {
  from_date: Type.String({ pattern: DATE, description: 'YYYY-MM-DD, included' }),
  to_date: Type.String({ pattern: DATE, description: 'YYYY-MM-DD, included' }),
  timezone: Type.String({ default: 'UTC', description: "IANA name of the project's time zone" }),
  cohort: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 5000,
      description:
        'JSON: users who did, or with { did: false } did not, { event, where, at_least } in { last_days } or from { from_date } to { to_date }; ' +
        'those whose { profile } has certain values; { all } or { any } of such',
    }),
  ),
  // Sent by every client of the vendor; here there is one project.
  project_id: Type.Optional(Type.String()),
  workspace_id: Type.Optional(Type.String()),
};

/**
 * Days that a report may span. A day and an hour are the vendor's guardrails, the rest is ours: at most some 10,000 points.
 * @see https://docs.mixpanel.com/docs/reports/insights
 */
export const MAX_DAYS: Readonly<Record<SeriesUnit, number>> = {
  minute: 7,
  hour: 31,
  day: 366,
  week: 3660,
  month: 3660,
};

/** Refuses what no one would look at: a filter that is left out without a word makes a wrong answer. */
export function refuseUnknown(query: object, schema: { readonly properties: object }): void {
  for (const name of Object.keys(query)) {
    if (Object.hasOwn(schema.properties, name)) continue;
    throw new ParameterError(
      name,
      `is not supported here; parameters are ${Object.keys(schema.properties).join(', ')}`,
    );
  }
}
