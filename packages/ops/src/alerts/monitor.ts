import type { AlertRule, Condition } from '@qr/alerts';
import { DESCRIPTION_MARK, type Fields } from '../as-code/plan.ts';
import type { SentryCondition, SentryDetector } from '../sentry-api/shapes.ts';

/** What we manage of a monitor. Its owner, for one, is not ours to set: whoever is responsible at Sentry is set there. */
interface Monitor {
  readonly description: string;
  readonly enabled: boolean;
  readonly detection: string;
  readonly source: MonitorSource;
  readonly conditions: readonly MonitorCondition[];
}

interface MonitorSource {
  readonly dataset: string;
  readonly aggregate: string;
  readonly query: string;
  readonly eventTypes: readonly string[];
  /** Seconds, as opposed to the minutes of the rules. */
  readonly timeWindow: number;
  readonly environment: string | null;
}

type MonitorCondition = Pick<SentryCondition, 'type' | 'comparison' | 'conditionResult'>;

const PRIORITIES = { high: 75, medium: 50 } as const;
const RESOLVED = 0;
const PRIORITY_NAMES: Readonly<Record<number, string>> = { 75: 'high', 50: 'medium', [RESOLVED]: 'resolved' };
const SIGNS: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' };
/** Nothing in these bodies is relative to another time, and a `comparisonDelta` that stays behind would make it so. */
const STATIC = { detectionType: 'static', comparisonDelta: null };
const SPANS = 'events_analytics_platform';
const SECONDS_PER_MINUTE = 60;

/** What the file asks for. */
export function wantedMonitor(rule: AlertRule, environment: string | null): Monitor {
  return {
    description: `${rule.description} What to do: docs/operations.md#${rule.runbook}. ${DESCRIPTION_MARK}`,
    enabled: true,
    detection: STATIC.detectionType,
    source: { ...sourceOf(rule), environment },
    conditions: conditionsOf(rule),
  };
}

/** What Sentry has. */
export function monitorOf({ description, enabled, config, dataSources, conditionGroup }: SentryDetector): Monitor {
  const query = dataSources?.[0]?.queryObj?.snubaQuery;
  const { detectionType = 'none', comparisonDelta } = config;
  return {
    description: description ?? '',
    enabled,
    detection: comparisonDelta == null ? detectionType : `${detectionType}, against ${comparisonDelta} s before`,
    source: {
      dataset: query?.dataset ?? 'none',
      aggregate: query?.aggregate ?? 'none',
      query: query?.query ?? '',
      eventTypes: query?.eventTypes ?? [],
      timeWindow: query?.timeWindow ?? 0,
      environment: query?.environment ?? null,
    },
    conditions: conditionGroup?.conditions ?? [],
  };
}

/** Field by field, for people and for comparing. */
export function fieldsOfMonitor({ description, enabled, detection, source, conditions }: Monitor): Fields {
  return {
    measures: `${source.aggregate} of ${source.dataset}`,
    where: source.query || 'everything',
    events: [...source.eventTypes].sort().join(', '),
    window: `${source.timeWindow / SECONDS_PER_MINUTE} min`,
    environment: source.environment ?? 'all',
    // Sentry gives them in any order.
    conditions: [...conditions]
      .sort((a, b) => Number(b.conditionResult) - Number(a.conditionResult))
      .map(sayCondition)
      .join(', '),
    detection,
    enabled: enabled ? 'yes' : 'no',
    description,
  };
}

/** The body of a POST or a PUT, which is flat where a GET nests. Conditions without their ids would be made anew by a PUT. */
export function monitorBody(
  name: string,
  { description, enabled, source, conditions }: Monitor,
  found?: SentryDetector,
): object {
  const group = found?.conditionGroup;
  const idOf = (type: string) => group?.conditions.find((condition) => condition.type === type)?.id;
  const isSpans = source.dataset === SPANS;
  return {
    type: 'metric_issue',
    name,
    description,
    enabled,
    config: STATIC,
    dataSources: [{ ...source, queryType: isSpans ? 1 : 0, ...(isSpans ? { extrapolationMode: 'unknown' } : {}) }],
    conditionGroup: {
      ...withId(group?.id),
      logicType: 'any',
      conditions: conditions.map((condition) => ({ ...withId(idOf(condition.type)), ...condition })),
    },
  };
}

function sourceOf({ measure, name }: AlertRule): Omit<MonitorSource, 'environment'> {
  if (measure.kind === 'errors')
    return {
      dataset: 'events',
      aggregate: 'count()',
      query: '',
      eventTypes: ['error', 'default'],
      timeWindow: measure.windowMinutes * SECONDS_PER_MINUTE,
    };
  if (measure.kind === 'request_duration')
    return {
      // A v11 SDK sends spans and no transactions. Their duration is in milliseconds, as that of the rules.
      dataset: SPANS,
      aggregate: `p${measure.percentile}(span.duration)`,
      query: 'is_transaction:true span.op:http.server',
      eventTypes: ['trace_item_span'],
      timeWindow: measure.windowMinutes * SECONDS_PER_MINUTE,
    };
  throw new Error(`The rule "${name}" of the kind ${measure.kind} is no monitor of Sentry.`);
}

/** A monitor needs to be told when all is well again: without that its issue stays open. */
function conditionsOf({ condition, severity }: AlertRule): readonly MonitorCondition[] {
  const { fires, resolves, bound } = comparisonsOf(condition);
  return [
    { type: fires, comparison: bound, conditionResult: PRIORITIES[severity] },
    { type: resolves, comparison: bound, conditionResult: RESOLVED },
  ];
}

function comparisonsOf(condition: Condition): {
  readonly fires: string;
  readonly resolves: string;
  readonly bound: number;
} {
  if ('above' in condition) return { fires: 'gt', resolves: 'lte', bound: condition.above };
  return { fires: 'lt', resolves: 'gte', bound: condition.below };
}

function sayCondition({ type, comparison, conditionResult }: MonitorCondition): string {
  const bound = typeof comparison === 'number' ? comparison : JSON.stringify(comparison);
  return `${SIGNS[type] ?? type} ${bound} ${PRIORITY_NAMES[Number(conditionResult)] ?? conditionResult}`;
}

function withId(id: string | undefined): { readonly id?: string } {
  return id === undefined ? {} : { id };
}
