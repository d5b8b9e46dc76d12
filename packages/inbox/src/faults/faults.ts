import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { type Fault, type FaultEndpoint, type FaultRule, parseFaultRule } from './fault.ts';

/** A rule and what it has done so far. */
export interface ActiveFault {
  readonly id: number;
  readonly endpoint: FaultEndpoint | 'any';
  /** Text that the body must contain. */
  readonly contains?: string;
  /** Requests it has yet to look at; null: until it is removed. */
  readonly remaining: number | null;
  readonly share: number;
  readonly seed: number;
  /** Requests it has looked at. */
  readonly seen: number;
  /** Requests it has made fail. */
  readonly struck: number;
  readonly fault: Fault;
}

type Entry = { -readonly [Key in keyof ActiveFault]: ActiveFault[Key] } & { readonly random: () => number };

/** Rules that are used up stay listed so that one can see what they did, but not for ever. */
const MAX_LISTED = 100;

/** The faults to come. The rule added first that strikes is the one that counts. */
export class Faults {
  #entries: Entry[] = [];
  #lastId = 0;
  readonly #listeners = new Set<() => void>();

  /** @throws when the rule is none; the message names the field. */
  add(rule: FaultRule): ActiveFault {
    const { endpoint = 'any', contains, requests = null, share = 1, seed = 1, fault } = parseFaultRule(rule);
    this.#lastId += 1;
    const entry: Entry = {
      id: this.#lastId,
      endpoint,
      ...(contains !== undefined && { contains }),
      remaining: requests,
      share,
      seed,
      seen: 0,
      struck: 0,
      fault,
      random: seededRandom(seed),
    };
    this.#entries = [...this.#entries, entry].slice(-MAX_LISTED);
    this.#changed();
    return shown(entry);
  }

  list(): ActiveFault[] {
    return this.#entries.map(shown);
  }

  remove(id: number): boolean {
    const kept = this.#entries.filter((entry) => entry.id !== id);
    const removed = kept.length < this.#entries.length;
    this.#entries = kept;
    if (removed) this.#changed();
    return removed;
  }

  clear(): void {
    this.#entries = [];
    this.#changed();
  }

  /** Decides about one request before its body is read: each rule that looks at it counts it. */
  strike(endpoint: FaultEndpoint): Fault | null {
    return this.#strike(endpoint, ({ contains }) => contains === undefined);
  }

  /** Decides about a request that no other rule has struck, by its body; the text is made only when a rule asks. */
  strikeBody(endpoint: FaultEndpoint, textOf: () => string): Fault | null {
    let text: string | undefined;
    return this.#strike(endpoint, ({ contains }) => {
      if (contains === undefined) return false;
      text ??= textOf();
      return text.includes(contains);
    });
  }

  #strike(endpoint: FaultEndpoint, isAbout: (entry: Entry) => boolean): Fault | null {
    for (const entry of this.#entries) {
      if (entry.remaining === 0 || (entry.endpoint !== 'any' && entry.endpoint !== endpoint)) continue;
      if (!isAbout(entry)) continue;
      entry.seen += 1;
      if (entry.remaining !== null) entry.remaining -= 1;
      const strikes = entry.random() < entry.share;
      if (strikes) entry.struck += 1;
      this.#changed();
      if (strikes) return entry.fault;
    }
    return null;
  }

  /** Told when a rule comes, goes or is used. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function shown({ random: _random, ...fault }: Entry): ActiveFault {
  return fault;
}

/** `POST`, `GET` and `DELETE /api/faults`, and `DELETE /api/faults/:id`. */
export function faultRoutes(instance: FastifyInstance, faults: Faults): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.post('/api/faults', ({ body }, reply) => {
    try {
      // `add` itself checks what came: the rule may be anything.
      return reply.code(201).send(faults.add(body as FaultRule));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return reply.code(400).send({ error: 'Bad Request', message: error.message });
    }
  });

  app.get('/api/faults', () => ({ faults: faults.list() }));

  app.delete('/api/faults', (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });

  app.delete('/api/faults/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, ({ params }, reply) => {
    if (faults.remove(params.id)) return reply.code(204).send();
    return reply.code(404).send({ error: 'Not Found', message: `no fault ${params.id}: GET /api/faults lists them` });
  });
}

/**
 * Numbers from 0 to 1 that follow from the seed alone, so that a share of failures can be repeated.
 * @see https://en.wikipedia.org/wiki/Xorshift (xorshift32, seeded through a multiplicative hash)
 */
export function seededRandom(seed: number): () => number {
  // Zero is the one state that xorshift cannot leave.
  let state = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
