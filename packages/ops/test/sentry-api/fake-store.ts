/** A JSON object as the fake keeps it: what came in, and what Sentry adds. */
export type Stored = Record<string, unknown> & { id: string };
type Json = Record<string, unknown>;

/** A made-up Sentry with one organization: what it stores, and how it answers. */
export interface FakeStore {
  readonly projects: Stored[];
  readonly integrations: Stored[];
  readonly detectors: Stored[];
  readonly workflows: Stored[];
  readonly dashboards: Stored[];
  /** Slack channels that Sentry finds. */
  readonly slackChannels: Set<string>;
  /** @throws FakeRefusal as Sentry would */
  saveDetector(projectSlug: string | undefined, body: Json, id?: string): Stored;
  saveWorkflow(body: Json, id?: string): Stored;
  saveDashboard(body: Json, id?: string): Stored;
}

/** What Sentry would refuse, with the status. */
export class FakeRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const DATE = '2026-11-20T12:00:00Z';

/** A connection with another service, as Sentry lists it. */
export function integration(id: string, name: string, key = 'slack', organizationIntegrationStatus = 'active'): Stored {
  return { id, name, provider: { key }, organizationIntegrationStatus };
}

export function createFakeStore(): FakeStore {
  let lastId = 1000;
  const newId = () => String(++lastId);
  const projects: Stored[] = [
    { id: '1', slug: 'qr-backend', name: 'qr-backend' },
    { id: '2', slug: 'qr-frontend', name: 'qr-frontend' },
  ];
  const defaults = { description: null, enabled: true, workflowIds: [], dataSources: null, conditionGroup: null };
  const detectors: Stored[] = [
    { id: '10', projectId: '1', name: 'Error Monitor', type: 'error', config: {}, ...defaults },
    { id: '11', projectId: '1', name: 'Issue Stream', type: 'issue_stream', config: {}, ...defaults },
    { id: '12', projectId: '2', name: 'Error Monitor', type: 'error', config: {}, ...defaults },
  ];
  const workflows: Stored[] = [];
  const dashboards: Stored[] = [];
  const slackChannels = new Set<string>();

  /** Parts that name an id must be of this object; others get one. What is not named is gone. */
  function withIds(items: readonly Json[], known: ReadonlySet<string>): Json[] {
    return items.map((item) => {
      const { id } = item;
      if (id !== undefined && !known.has(String(id))) throw new FakeRefusal(400, `${id} is not part of this object`);
      return { ...item, id: id ?? newId() };
    });
  }

  function put(list: Stored[], stored: Stored): Stored {
    const index = list.findIndex(({ id }) => id === stored.id);
    if (index === -1) list.push(stored);
    else list[index] = stored;
    return stored;
  }

  function existing(list: Stored[], id: string | undefined): Stored | undefined {
    if (id === undefined) return undefined;
    const found = list.find((candidate) => candidate.id === id);
    if (!found) throw new FakeRefusal(404, 'The requested resource does not exist');
    return found;
  }

  function group(body: Json, found: Json | null | undefined): Json {
    const known = idsOf(found);
    const [result] = withIds([body], known);
    return { ...result, conditions: withIds(body['conditions'] as Json[], known), organizationId: '5' };
  }

  return {
    projects,
    integrations: [],
    detectors,
    workflows,
    dashboards,
    slackChannels,

    saveDetector(projectSlug, body, id) {
      const found = existing(detectors, id);
      const project = projects.find(({ slug }) => slug === projectSlug);
      if (!found && !project) throw new FakeRefusal(404, 'The requested resource does not exist');
      const [source] = body['dataSources'] as Json[];
      const { queryType: _, ...snubaQuery } = source ?? {};
      const conditionGroup = group(body['conditionGroup'] as Json, found?.['conditionGroup'] as Json);
      // In no order that anyone could rely on.
      conditionGroup['conditions'] = (conditionGroup['conditions'] as Json[]).toReversed();
      return put(detectors, {
        ...body,
        id: found?.id ?? newId(),
        projectId: found?.['projectId'] ?? project?.id,
        owner: found?.['owner'] ?? null,
        workflowIds: [],
        dataSources: [
          {
            id: newId(),
            type: 'snuba_query_subscription',
            queryObj: {
              id: newId(),
              status: 0,
              snubaQuery: { id: newId(), extrapolationMode: 'unknown', ...snubaQuery },
            },
          },
        ],
        conditionGroup,
        dateCreated: DATE,
        dateUpdated: DATE,
      });
    },

    saveWorkflow(body, id) {
      const found = existing(workflows, id);
      for (const detectorId of body['detectorIds'] as string[])
        if (!detectors.some((detector) => detector.id === detectorId))
          throw new FakeRefusal(400, `Some detectors do not exist: ${detectorId}`);
      const filters = body['actionFilters'] as Json[];
      const known = idsOf(found?.['actionFilters']);
      return put(workflows, {
        ...body,
        id: found?.id ?? newId(),
        triggers: group(body['triggers'] as Json, found?.['triggers'] as Json),
        actionFilters: withIds(filters, known).map((filter) => ({
          ...filter,
          actions: withIds(filter['actions'] as Json[], known)
            .map((action) => resolve(action, slackChannels))
            .toReversed(),
        })),
        owner: found?.['owner'] ?? null,
        lastTriggered: null,
        createdBy: '7',
        dateCreated: DATE,
        dateUpdated: DATE,
      });
    },

    saveDashboard(body, id) {
      const found = existing(dashboards, id);
      if (dashboards.some((other) => other['title'] === body['title'] && other.id !== found?.id))
        throw new FakeRefusal(409, 'Dashboard with that title already exists.');
      const known = idsOf(found?.['widgets']);
      const widgets = withIds(body['widgets'] as Json[], known).map((widget) => {
        const queries = withIds(widget['queries'] as Json[], known);
        for (const query of queries) checkQuery(query, widget);
        return { ...widget, queries: queries.map((query) => ({ ...query, widgetId: widget['id'], isHidden: false })) };
      });
      return put(dashboards, { ...body, id: found?.id ?? newId(), widgets, dateCreated: DATE, createdBy: { id: '7' } });
    },
  };
}

/** All ids inside of something. */
function idsOf(value: unknown): ReadonlySet<string> {
  const ids = new Set<string>();
  JSON.stringify(value ?? null, (key, inner) => {
    if (key === 'id') ids.add(String(inner));
    return inner;
  });
  return ids;
}

/** Sentry looks a channel up by its name, and saves one that it does not find without a word; of issue owners it says nothing. */
function resolve(action: Json, channels: ReadonlySet<string>): Json {
  const config = action['config'] as Json;
  const channel = String(config['targetDisplay']);
  const targetIdentifier = action['type'] === 'slack' ? (channels.has(channel) ? `C-${channel}` : '') : null;
  return { ...action, config: { ...config, targetIdentifier } };
}

function checkQuery(query: Json, widget: Json): void {
  const { x, w } = widget['layout'] as { x: number; w: number };
  if (x + w > 6) throw new FakeRefusal(400, `${widget['title']} is wider than the grid`);
  const fields = [...(query['columns'] as string[]), ...(query['aggregates'] as string[])];
  if (JSON.stringify(query['fields']) !== JSON.stringify(fields))
    throw new FakeRefusal(400, `${widget['title']}: fields are not columns and aggregates`);
  const order = String(query['orderby']).replace(/^-/, '');
  if (widget['widgetType'] !== 'issue' && order !== '' && !fields.includes(order))
    throw new FakeRefusal(400, `${widget['title']}: cannot be ordered by ${order}`);
}
