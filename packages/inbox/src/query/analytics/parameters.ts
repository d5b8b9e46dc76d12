import type { FastifyInstance, FastifySchemaValidationError } from 'fastify';
import Type from 'typebox';
import type { SeriesUnit } from './calendar.ts';

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

/**
 * Makes a scope say in words what is wrong with a query, and refuse what no one would look at: a filter that is left out
 * without a word makes a wrong answer.
 */
export function strictQueries(app: FastifyInstance): void {
  app.setSchemaErrorFormatter(schemaError);
  app.addHook('preHandler', async ({ query, routeOptions }) => {
    const { properties = {} } = (routeOptions.schema?.querystring ?? {}) as { readonly properties?: object };
    const unknown = Object.keys(query ?? {}).find((name) => !Object.hasOwn(properties, name));
    if (unknown === undefined) return;
    throw new ParameterError(unknown, `is not supported here; parameters are ${Object.keys(properties).join(', ')}`);
  });
}

/** A parameter of a query that cannot be answered: 400, with a message that names it. */
export class ParameterError extends Error {
  readonly statusCode = 400;

  /** @param expectation - what the parameter must be, and what came instead */
  constructor(parameter: string, expectation: string) {
    super(`${parameter} ${expectation}`);
    this.name = 'ParameterError';
  }
}

/** Says in words which parameter breaks the schema of its route, and what it must be. */
function schemaError(errors: readonly FastifySchemaValidationError[]): Error {
  const sentences = errors.map(({ instancePath, keyword, params, message = 'is invalid' }) => {
    const name = instancePath.slice(1);
    if (keyword === 'required') return `${String(params['missingProperty'])} is required`;
    const allowed = params['allowedValues'];
    if (keyword === 'enum' && Array.isArray(allowed)) return `${name} must be one of ${allowed.join(', ')}`;
    return `${name} ${message}`;
  });
  return new Error(sentences.join('; '));
}

/** The value of a parameter that is JSON. @throws ParameterError that shows what it is to look like. */
export function jsonParameter(name: string, text: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ParameterError(name, `must be JSON such as ${example}, got ${text.slice(0, 100)}`);
  }
}
