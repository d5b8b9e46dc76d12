import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Fault, isRefusedOnDemand } from '../faults/fault.ts';
import { rateLimitHeaders, vendorAnswer } from '../faults/vendor-answer.ts';
import { ownEntry } from '../own-entry.ts';
import type { NewRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { authProblem } from './auth.ts';
import type { Envelope, EnvelopeItem } from './envelope.ts';
import { issueIdOf } from './grouping.ts';
import { unpackEnvelope } from './items.ts';
import type { SourceMaps } from './source-maps.ts';

/** A request of a project; `key` where the path has one. */
export type ProjectRequest = FastifyRequest<{ Params: { project: string; key?: string } }>;

/**
 * Checks the key of a request, stores what its envelope holds, and answers. `answer` is called with the id of the event when
 * everything was taken.
 */
export type TakeEnvelope = (
  request: ProjectRequest,
  reply: FastifyReply,
  envelope: Envelope,
  answer: (eventId: string | undefined) => unknown,
) => Promise<unknown>;

const RATE_LIMITED = String(vendorAnswer('envelope', 429).body['detail']);

/** @param sourceMaps - where stacks of a bundle find their sources */
export function createIntake(store: Store, sourceMaps: SourceMaps | undefined): TakeEnvelope {
  return async (request, reply, sent, answer) => {
    const { params, headers, query, receivedAt, fault, inflated } = request;
    const { project, key: pathKey } = params;
    const problem = authProblem({ headers, query, pathKey, dsn: sent.headers['dsn'], project });
    if (problem !== undefined) return refuse(reply, { status: 403, detail: problem });
    // What a rate limit or a partial failure names is taken out, and the rest kept, as Relay does.
    const items = sent.items.filter((item, index) => !isTakenOut(fault, item, index));
    const unpacked = unpackEnvelope({ ...sent, items }, project, receivedAt);
    if (!unpacked.ok) return refuse(reply, unpacked.refusal);
    const records = sourceMaps ? await withSources(unpacked.records, sourceMaps) : unpacked.records;
    store.add(records, inflated.ok ? inflated.body.length : 0);
    if (fault?.kind === 'rate-limit') reply.headers(rateLimitHeaders('envelope', fault));
    const isLimited = items.length < sent.items.length;
    return isLimited ? refuse(reply, { status: 429, detail: RATE_LIMITED }) : answer(unpacked.eventId);
  };
}

/** Grouped again, as the places of a bundle change with each build. */
function withSources(records: readonly NewRecord[], sourceMaps: SourceMaps): Promise<NewRecord[]> {
  return Promise.all(
    records.map(async (record) => {
      if (record.kind !== 'error') return record;
      const event = await sourceMaps.resolve(record.event);
      return { ...record, event, issueId: issueIdOf(event) };
    }),
  );
}

/** Answers in the vendor's form: a detail, its causes, and the header that SDKs log. */
export function refuse(
  reply: FastifyReply,
  { status, detail, cause }: { readonly status: number; readonly detail: string; readonly cause?: string },
): FastifyReply {
  // A header holds neither line breaks nor other than Latin-1 characters.
  reply.header('x-sentry-error', detail.replace(/[^\x20-\x7e]/g, '?'));
  return reply.code(status).send({ detail, causes: cause === undefined ? [] : [cause] });
}

function isTakenOut(fault: Fault | null, item: EnvelopeItem, index: number): boolean {
  if (fault?.kind === 'rate-limit') return fault.categories?.includes(categoryOf(item)) === true;
  return isRefusedOnDemand(fault, index);
}

/** Of types whose category is not called like them. */
const CATEGORIES: Readonly<Record<string, string>> = {
  ...{ event: 'error', raw_security: 'security', log: 'log_item', sessions: 'session', client_report: 'internal' },
  ...{ check_in: 'monitor', user_report: 'feedback', replay_event: 'replay', replay_recording: 'replay' },
  replay_video: 'replay',
};
const OWN_CATEGORIES: ReadonlySet<string> = new Set([
  ...['transaction', 'span', 'trace_metric', 'session', 'feedback', 'profile', 'profile_chunk', 'attachment'],
]);

/**
 * The category that a rate limit names an item by. A client report has one of its own, so that no limit takes it.
 * @see https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/
 */
function categoryOf({ type }: EnvelopeItem): string {
  return OWN_CATEGORIES.has(type) ? type : (ownEntry(CATEGORIES, type) ?? 'default');
}
