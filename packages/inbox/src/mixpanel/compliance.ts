import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { faultHooks } from '../faults/fault-hooks.ts';
import { type Ingestion, takeBodiesAsBytes } from '../http/ingestion.ts';
import { parseJson } from '../http/parse-json.ts';
import { isJsonObject } from '../store/records.ts';
import { dataOfPeople, forgetPeople } from '../store/store.ts';

/** What the compliance API needs. */
interface ComplianceOptions extends Ingestion {
  /** From a request to its execution. */
  readonly delayMs: number;
}

const MAX_BODY_BYTES = 1024 * 1024;
const PATHS: readonly (readonly [TaskKind, string])[] = [
  ['deletion', '/api/app/data-deletions/v3.0'],
  ['retrieval', '/api/app/data-retrievals/v3.0'],
];

/**
 * Mixpanel's GDPR and CCPA API: deletions that delete, retrievals that can be fetched.
 * @see https://docs.mixpanel.com/reference/gdpr-api
 */
export function complianceRoutes(app: FastifyInstance, options: ComplianceOptions): void {
  const { store, rawLog, faults, now, delayMs } = options;
  const tasks = new ComplianceTasks({
    now,
    delayMs,
    carryOut: (task) => {
      if (task.kind === 'deletion') forgetPeople(store, task.distinctIds);
    },
  });
  const isWithinRate = createRateLimit(now);
  const encodings = { taken: ['gzip'], others: 'refused' } as const;
  takeBodiesAsBytes(app, { maxBytes: MAX_BODY_BYTES, encodings, rawLog, now });
  faultHooks(app, faults, ({ url }) =>
    url.startsWith('/api/app/data-deletions') ? 'data-deletions' : 'data-retrievals',
  );
  app.addHook('onClose', async () => tasks.close());
  app.addHook('preHandler', async (request, reply) => {
    if (request.routeOptions.url?.endsWith('/result') === true) return;
    const token = tokenOf(request);
    if (!/^bearer \S+$/i.test(request.headers.authorization ?? '')) return refuse(reply, 401, 'Unauthorized');
    if (token === '') return refuse(reply, 403, 'the token of a project must be given in the query');
    if (!isWithinRate(token)) return refuse(reply, 429, 'rate limit exceeded: 1 request per second');
  });

  for (const [kind, path] of PATHS) {
    const create = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
      const { inflated } = request;
      const parsed = inflated.ok ? parseComplianceRequest(inflated.body, kind) : 'the body cannot be decompressed';
      if (typeof parsed === 'string') return refuse(reply, 400, parsed);
      return reply.code(201).send({ status: 'ok', results: [created(tasks.create(kind, tokenOf(request), parsed))] });
    };
    const read = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
      const task = tasks.find(kind, tokenOf(request), trackingIdOf(request));
      const link = `${request.protocol}://${request.host}${path}/${trackingIdOf(request)}/result`;
      return reply.send({ status: 'ok', results: task === undefined ? NOT_FOUND : progress(task, link) });
    };
    for (const slash of ['', '/']) {
      app.post(`${path}${slash}`, { bodyLimit: MAX_BODY_BYTES }, create);
      app.get(`${path}/:trackingId${slash}`, read);
    }
  }

  for (const slash of ['', '/']) {
    app.delete(`${PATHS[0]?.[1]}/:trackingId${slash}`, (request, reply) => {
      const task = tasks.find('deletion', tokenOf(request), trackingIdOf(request));
      if (task === undefined) return refuse(reply, 404, 'no such deletion task');
      return tasks.cancel(task) ? reply.code(204).send() : refuse(reply, 405, 'the task has started already');
    });
  }

  app.get(`${PATHS[1]?.[1]}/:trackingId/result`, (request, reply) => {
    const task = tasks.find('retrieval', tokenOf(request), trackingIdOf(request));
    if (task?.state !== 'SUCCESS') return refuse(reply, 404, 'nothing to fetch: the task is unknown or not done');
    return reply.send(dataOfPeople(store, task.distinctIds));
  });
}

const NOT_FOUND = { status: 'NOT_FOUND', result: '', distinct_ids: [] } as const;

/** The inbox has one project, and whoever holds a token is its one user. */
const PROJECT = { project_id: 1, requesting_user: 'inbox@localhost' } as const;

function created(task: ComplianceTask): object {
  return {
    ...PROJECT,
    status: task.state,
    disclosure_type: task.disclosureType,
    date_requested: dateOf(task),
    tracking_id: task.trackingId,
    compliance_type: task.complianceType.toLowerCase(),
    destination_url: null,
    distinct_id_count: task.distinctIds.length,
  };
}

function progress(task: ComplianceTask, link: string): object {
  return {
    ...PROJECT,
    status: task.state,
    result:
      task.kind === 'retrieval' && task.state === 'SUCCESS' ? `${link}?token=${encodeURIComponent(task.token)}` : '',
    tracking_id: task.trackingId,
    compliance_type: task.complianceType,
    date_requested: dateOf(task),
    distinct_ids: task.distinctIds,
  };
}

function dateOf({ requestedAt }: ComplianceTask): string {
  return new Date(requestedAt).toISOString().replace('Z', '000');
}

function tokenOf({ query }: FastifyRequest): string {
  const token = isJsonObject(query) ? query['token'] : undefined;
  return typeof token === 'string' ? token : '';
}

function trackingIdOf({ params }: FastifyRequest): string {
  return isJsonObject(params) ? String(params['trackingId']) : '';
}

function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error, status: 'error' });
}

/** The documented rate of the compliance API. */
const INTERVAL_MS = 1000;

/** One request a second for each project token; a request that is refused does not count. */
function createRateLimit(now: () => number): (token: string) => boolean {
  const lastAccepted = new Map<string, number>();
  return (token) => {
    const time = now();
    if (time - (lastAccepted.get(token) ?? Number.NEGATIVE_INFINITY) < INTERVAL_MS) return false;
    // Only the last second matters: anything older is as good as never.
    for (const [each, at] of lastAccepted) if (time - at >= INTERVAL_MS) lastAccepted.delete(each);
    lastAccepted.set(token, time);
    return true;
  };
}

type TaskState = 'PENDING' | 'STAGING' | 'STARTED' | 'SUCCESS' | 'REVOKED';

/** A deletion or retrieval on its way. */
interface ComplianceTask extends ComplianceRequest {
  readonly trackingId: string;
  readonly kind: TaskKind;
  readonly token: string;
  readonly requestedAt: number;
  readonly state: TaskState;
}

type Entry = Omit<ComplianceTask, 'state'> & { state: TaskState; timer: NodeJS.Timeout };

/** How tasks are carried out. */
interface TaskOptions {
  readonly now: () => number;
  /** From the request to the start; until then a task can be cancelled. The vendor takes up to 30 days. */
  readonly delayMs: number;
  readonly carryOut: (task: ComplianceTask) => void;
}

const MAX_TASKS = 1000;

/**
 * Deletion and retrieval tasks through their states: PENDING, STAGING after half the delay, STARTED, SUCCESS; REVOKED
 * when cancelled in time.
 * @see https://docs.mixpanel.com/reference/gdpr-api
 */
class ComplianceTasks {
  readonly #entries = new Map<string, Entry>();
  readonly #options: TaskOptions;
  #created = 0;

  constructor(options: TaskOptions) {
    this.#options = options;
  }

  create(kind: TaskKind, token: string, request: ComplianceRequest): ComplianceTask {
    const requestedAt = this.#options.now();
    this.#created += 1;
    const trackingId = String(BigInt(requestedAt) * 1_000_000n + BigInt(this.#created));
    const timer = setTimeout(() => this.#advance(trackingId, 'STAGING'), this.#options.delayMs / 2).unref();
    const entry: Entry = { ...request, trackingId, kind, token, requestedAt, state: 'PENDING', timer };
    this.#entries.set(trackingId, entry);
    this.#forgetOldest();
    return entry;
  }

  /** The task, if this project asked for it. */
  find(kind: TaskKind, token: string, trackingId: string): ComplianceTask | undefined {
    const entry = this.#entries.get(trackingId);
    return entry?.kind === kind && entry.token === token ? entry : undefined;
  }

  /** @returns false when the task has started already */
  cancel({ trackingId }: ComplianceTask): boolean {
    const entry = this.#entries.get(trackingId);
    if (entry === undefined || entry.state === 'STARTED' || entry.state === 'SUCCESS') return false;
    clearTimeout(entry.timer);
    entry.state = 'REVOKED';
    return true;
  }

  close(): void {
    for (const { timer } of this.#entries.values()) clearTimeout(timer);
  }

  #advance(trackingId: string, state: 'STAGING' | 'STARTED'): void {
    const entry = this.#entries.get(trackingId);
    if (entry === undefined) return;
    entry.state = state;
    if (state === 'STAGING') {
      entry.timer = setTimeout(() => this.#advance(trackingId, 'STARTED'), this.#options.delayMs / 2).unref();
      return;
    }
    this.#options.carryOut(entry);
    entry.state = 'SUCCESS';
  }

  #forgetOldest(): void {
    if (this.#entries.size <= MAX_TASKS) return;
    for (const [trackingId, { timer }] of this.#entries) {
      clearTimeout(timer);
      this.#entries.delete(trackingId);
      return;
    }
  }
}

type TaskKind = 'deletion' | 'retrieval';

/** What a task is asked to do. */
interface ComplianceRequest {
  readonly distinctIds: readonly string[];
  readonly complianceType: 'GDPR' | 'CCPA';
  readonly disclosureType: 'DATA' | 'CATEGORIES' | 'SOURCES';
}

const MAX_IDS: Readonly<Record<TaskKind, number>> = { deletion: 1999, retrieval: 2000 };

/** Reads the body of a new task, or says what is wrong with it. */
function parseComplianceRequest(body: Buffer, kind: TaskKind): ComplianceRequest | string {
  const value = readJson(body);
  if (!isJsonObject(value)) return 'the body must be a JSON object';
  const { distinct_ids: distinctIds, compliance_type: compliance, disclosure_type: disclosure } = value;
  if (!isListOfTexts(distinctIds) || distinctIds.length === 0)
    return 'distinct_ids must be a non-empty list of strings';
  if (distinctIds.length > MAX_IDS[kind]) return `distinct_ids must hold at most ${MAX_IDS[kind]} ids`;
  const complianceType = oneOf(['GDPR', 'CCPA'] as const, compliance ?? 'GDPR');
  if (complianceType === undefined) return 'compliance_type must be GDPR or CCPA';
  const disclosureType = oneOf(['DATA', 'CATEGORIES', 'SOURCES'] as const, disclosure ?? 'DATA');
  if (disclosureType === undefined) return 'disclosure_type must be Data, Categories or Sources';
  return { distinctIds, complianceType, disclosureType };
}

function readJson(body: Buffer): unknown {
  try {
    return parseJson(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');
}

function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => typeof value === 'string' && word === value.toUpperCase());
}
