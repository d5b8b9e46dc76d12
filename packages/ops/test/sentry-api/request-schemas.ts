import Type from 'typebox';

/**
 * The bodies that Sentry's management API takes, strictly: its own description leaves conditions, data sources and actions open and has their
 * grammar in prose (API description 0.272.0; the same grammar is written out in the Terraform provider for Sentry). Unknown keys are refused,
 * so that a body in the shape of an answer does not pass for one.
 */
const strict = { additionalProperties: false } as const;
const id = Type.String({ pattern: '^[0-9]+$' });
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);

const errorSource = Type.Object(
  {
    dataset: Type.Literal('events'),
    queryType: Type.Literal(0),
    aggregate: Type.Enum(['count()', 'count_unique(tags[sentry:user])']),
    query: Type.String(),
    eventTypes: Type.Array(Type.Enum(['error', 'default']), { minItems: 1, uniqueItems: true }),
    timeWindow: Type.Integer({ minimum: 60, maximum: 2_592_000 }),
    environment: nullable(Type.String({ minLength: 1 })),
  },
  strict,
);

const spanSource = Type.Object(
  {
    dataset: Type.Literal('events_analytics_platform'),
    queryType: Type.Literal(1),
    aggregate: Type.String({
      pattern: '^((count|avg|p50|p75|p90|p95|p99|p100)\\(span\\.duration\\)|failure_rate\\(\\))$',
    }),
    query: Type.String(),
    // Of spans only one kind at a time.
    eventTypes: Type.Tuple([Type.Literal('trace_item_span')]),
    timeWindow: Type.Integer({ minimum: 60, maximum: 2_592_000 }),
    environment: nullable(Type.String({ minLength: 1 })),
    extrapolationMode: Type.Optional(Type.Enum(['unknown', 'none', 'client_and_server_weighted', 'server_weighted'])),
  },
  strict,
);

/** POST to a project's detectors/, PUT to detectors/{id}/. Static thresholds only: a delta would turn on another kind of comparing. */
export const detectorBody = Type.Object(
  {
    type: Type.Literal('metric_issue'),
    name: Type.String({ minLength: 1, maxLength: 200 }),
    description: nullable(Type.String()),
    enabled: Type.Boolean(),
    config: Type.Object({ detectionType: Type.Literal('static'), comparisonDelta: Type.Null() }, strict),
    dataSources: Type.Array(Type.Union([errorSource, spanSource]), { minItems: 1, maxItems: 1 }),
    conditionGroup: Type.Object(
      {
        id: Type.Optional(id),
        logicType: Type.Literal('any'),
        conditions: Type.Array(
          Type.Object(
            {
              id: Type.Optional(id),
              type: Type.Enum(['gt', 'gte', 'lt', 'lte']),
              comparison: Type.Number(),
              conditionResult: Type.Union([Type.Literal(75), Type.Literal(50), Type.Literal(0)]),
            },
            strict,
          ),
          { minItems: 1, maxItems: 3, contains: { properties: { conditionResult: { const: 0 } } } },
        ),
      },
      strict,
    ),
  },
  strict,
);

const emailAction = Type.Object(
  {
    id: Type.Optional(id),
    type: Type.Literal('email'),
    integrationId: Type.Null(),
    data: Type.Object({ fallthroughType: Type.Enum(['ActiveMembers', 'AllMembers', 'NoOne']) }, strict),
    config: Type.Object(
      { targetType: Type.Literal('issue_owners'), targetDisplay: Type.Null(), targetIdentifier: Type.Literal('') },
      strict,
    ),
    status: Type.Literal('active'),
  },
  strict,
);

const slackAction = Type.Object(
  {
    id: Type.Optional(id),
    type: Type.Literal('slack'),
    integrationId: id,
    data: Type.Object({}, strict),
    config: Type.Object(
      {
        targetType: Type.Literal('specific'),
        targetDisplay: Type.String({ minLength: 1, pattern: '^[^#]' }),
        targetIdentifier: Type.String(),
      },
      strict,
    ),
    status: Type.Literal('active'),
  },
  strict,
);

/** POST to workflows/, PUT to workflows/{id}/. */
export const workflowBody = Type.Object(
  {
    id: Type.Optional(id),
    name: Type.String({ minLength: 1, maxLength: 256 }),
    enabled: Type.Boolean(),
    environment: nullable(Type.String({ minLength: 1 })),
    config: Type.Object({ frequency: Type.Enum([0, 5, 10, 30, 60, 180, 720, 1440]) }, strict),
    // One without detectors never fires.
    detectorIds: Type.Array(id, { minItems: 1 }),
    triggers: Type.Object(
      {
        id: Type.Optional(id),
        logicType: Type.Literal('any-short'),
        conditions: Type.Array(
          Type.Object(
            {
              id: Type.Optional(id),
              type: Type.Enum([
                'first_seen_event',
                'issue_resolved_trigger',
                'reappeared_event',
                'regression_event',
                'seer_activity_trigger',
              ]),
              comparison: Type.Literal(true),
              conditionResult: Type.Literal(true),
            },
            strict,
          ),
          { minItems: 1 },
        ),
      },
      strict,
    ),
    actionFilters: Type.Array(
      Type.Object(
        {
          id: Type.Optional(id),
          logicType: Type.Enum(['all', 'any-short', 'none']),
          conditions: Type.Array(Type.Never()),
          actions: Type.Array(Type.Union([emailAction, slackAction]), { minItems: 1 }),
        },
        strict,
      ),
      { minItems: 1 },
    ),
  },
  strict,
);

const widget = Type.Object(
  {
    id: Type.Optional(id),
    title: Type.String({ minLength: 1, maxLength: 255 }),
    description: nullable(Type.String({ maxLength: 255 })),
    displayType: Type.Enum(['line', 'area', 'bar', 'table', 'big_number']),
    // No transactions: a v11 SDK sends none.
    widgetType: Type.Enum(['issue', 'error-events', 'spans', 'logs']),
    interval: Type.String({ pattern: '^[0-9]+[mhd]$', maxLength: 10 }),
    limit: nullable(Type.Integer({ minimum: 1, maximum: 10 })),
    layout: Type.Object(
      {
        x: Type.Integer({ minimum: 0, maximum: 5 }),
        y: Type.Integer({ minimum: 0 }),
        w: Type.Integer({ minimum: 1, maximum: 6 }),
        h: Type.Integer({ minimum: 1 }),
        minH: Type.Integer({ minimum: 1 }),
      },
      strict,
    ),
    queries: Type.Array(
      Type.Object(
        {
          id: Type.Optional(id),
          name: Type.String(),
          fields: Type.Array(Type.String(), { minItems: 1 }),
          aggregates: Type.Array(Type.String({ pattern: '\\)$' })),
          columns: Type.Array(Type.String({ pattern: '^[^()]+$' })),
          conditions: Type.String(),
          orderby: Type.String(),
        },
        strict,
      ),
      { minItems: 1, maxItems: 1 },
    ),
  },
  strict,
);

/** POST to dashboards/, PUT to dashboards/{id}/. */
export const dashboardBody = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 255 }),
    projects: Type.Array(Type.Integer()),
    environment: Type.Array(Type.String()),
    period: Type.String({ pattern: '^[0-9]+[hd]$' }),
    filters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    widgets: Type.Array(widget, { maxItems: 30 }),
  },
  strict,
);
