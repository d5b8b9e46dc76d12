import type { FastifyReply, FastifyRequest } from 'fastify';
import { vendorAnswer } from '../faults/vendor-answer.ts';
import type { NewRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { authProblem } from './auth.ts';
import type { Envelope } from './envelope.ts';
import { issueIdOf } from './grouping.ts';
import { unpackEnvelope } from './items.ts';
import { limitEnvelope } from './rate-limit.ts';
import { refuse } from './refuse.ts';
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
    const limited = limitEnvelope(sent, fault);
    const unpacked = unpackEnvelope(limited.envelope, project, receivedAt);
    if (!unpacked.ok) return refuse(reply, unpacked.refusal);
    const records = sourceMaps ? await withSources(unpacked.records, sourceMaps) : unpacked.records;
    store.add(records, inflated.ok ? inflated.body.length : 0);
    reply.headers(limited.headers);
    return limited.isLimited ? refuse(reply, { status: 429, detail: RATE_LIMITED }) : answer(unpacked.eventId);
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
