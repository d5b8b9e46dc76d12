import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { isJsonObject } from '../store/records.ts';

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

/** The endpoints that can be made to fail. */
const FAULT_ENDPOINTS = [
  'track',
  'import',
  'engage',
  'groups',
  'envelope',
  'data-deletions',
  'data-retrievals',
] as const;

export type FaultEndpoint = (typeof FAULT_ENDPOINTS)[number];

const strict = { additionalProperties: false } as const;
const Store = Type.Optional(
  Type.Boolean({ description: 'keep the records all the same: only the answer is lost. Default false' }),
);

/** What can go wrong, by kind. */
const FAULT_KINDS = {
  status: Type.Object(
    {
      kind: Type.Literal('status'),
      status: Type.Integer({ minimum: 200, maximum: 599 }),
      /** The vendor's own body for the status unless given. */
      body: Type.Optional(Type.String()),
      headers: Type.Optional(Type.Record(Type.String(), Type.String())),
      /** `before` answers at the headers, does not read the body and closes the connection. @default 'after' */
      when: Type.Optional(Type.Enum(['before', 'after'])),
      store: Store,
    },
    strict,
  ),
  delay: Type.Object({ kind: Type.Literal('delay'), delayMs: Type.Integer({ minimum: 0, maximum: 600_000 }) }, strict),
  /** `after` has read and stored the body: the client cannot know. */
  reset: Type.Object({ kind: Type.Literal('reset'), when: Type.Enum(['before', 'during', 'after']) }, strict),
  hang: Type.Object({ kind: Type.Literal('hang'), store: Store }, strict),
  /** Refuses the first record of a request and every `failEvery`-th after it; the others are kept. */
  partial: Type.Object({ kind: Type.Literal('partial'), failEvery: Type.Integer({ minimum: 1 }) }, strict),
  'rate-limit': Type.Object(
    {
      kind: Type.Literal('rate-limit'),
      retryAfterSeconds: Type.Optional(Type.Number({ minimum: 0 })),
      /** `all` adds `X-Sentry-Rate-Limits` for Sentry. @default 'all' */
      headers: Type.Optional(Type.Enum(['all', 'retry-after', 'none'])),
      /** Sentry only: items of other categories are kept. Absent: everything is limited. */
      categories: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z_]+$' }), { minItems: 1 })),
      scope: Type.Optional(Type.Enum(['organization', 'project', 'key'])),
    },
    strict,
  ),
  /** The usual answer, compressed whether the client asked for it or not. */
  gzip: Type.Object({ kind: Type.Literal('gzip') }, strict),
  'content-type': Type.Object(
    {
      kind: Type.Literal('content-type'),
      /** Of a proxy rather than of the vendor. @default 200 */
      status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })),
      contentType: Type.String({ minLength: 1 }),
      body: Type.Optional(Type.String()),
      store: Store,
    },
    strict,
  ),
} as const;

type FaultKind = keyof typeof FAULT_KINDS;
export type FaultOf<Kind extends FaultKind> = Static<(typeof FAULT_KINDS)[Kind]>;
export type Fault = { [Kind in FaultKind]: FaultOf<Kind> }[FaultKind];

/** Which requests a fault strikes; all that is given must hold. */
const FaultTarget = Type.Object(
  {
    /** Absent: each of them. */
    endpoint: Type.Optional(Type.Enum([...FAULT_ENDPOINTS])),
    /** Only requests whose body, decompressed, contains this text. They are decided about once the body is there. */
    contains: Type.Optional(Type.String({ minLength: 1 })),
    /** The next so many of these Absent: until it is removed. */
    requests: Type.Optional(Type.Integer({ minimum: 1 })),
    /** This part of those requests, drawn at random. @default 1 */
    share: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
    /** The same seed strikes the same requests. @default 1 */
    seed: Type.Optional(Type.Integer()),
  },
  strict,
);

/** A fault to come, and the requests that it strikes. */
export type FaultRule = Static<typeof FaultTarget> & { readonly fault: Fault };

/** Whether a partial failure takes the record at this place of a request. */
export function isRefusedOnDemand(fault: Fault | null, index: number): boolean {
  return fault?.kind === 'partial' && index % fault.failEvery === 0;
}

/**
 * Takes a rule from anyone.
 * @throws a sentence that names the field, when it is none.
 */
function parseFaultRule(candidate: unknown): FaultRule {
  if (!isJsonObject(candidate)) throw new TypeError('a fault rule must be a JSON object with a fault.');
  const { fault, ...target } = candidate;
  const kind = isJsonObject(fault) ? fault['kind'] : undefined;
  if (!isKind(kind)) {
    throw new TypeError(
      `fault.kind must be one of ${Object.keys(FAULT_KINDS).join(', ')}, got ${JSON.stringify(kind) ?? 'nothing'}.`,
    );
  }
  refuseErrors('', Value.Errors(FaultTarget, target));
  refuseErrors('fault', Value.Errors(FAULT_KINDS[kind], fault));
  refuseContradiction(candidate as unknown as FaultRule);
  // The two checks above prove the shape; the kind has picked the member of the union.
  return candidate as unknown as FaultRule;
}

/** What is decided before the body is read cannot depend on the body. */
function refuseContradiction({ contains, fault }: FaultRule): void {
  const isEarly =
    (fault.kind === 'reset' && fault.when !== 'after') || (fault.kind === 'status' && fault.when === 'before');
  if (isEarly && contains !== undefined) {
    throw new TypeError(`fault.when must be "after" in a rule with contains, got "${fault.when}".`);
  }
  if (fault.kind === 'status' && fault.when === 'before' && fault.store === true) {
    throw new TypeError('fault.store must not be true with when "before": nothing has been read that could be stored.');
  }
}

function isKind(kind: unknown): kind is FaultKind {
  return typeof kind === 'string' && Object.hasOwn(FAULT_KINDS, kind);
}

function refuseErrors(at: string, errors: readonly { instancePath: string; message: string; params: unknown }[]): void {
  const [error] = errors;
  if (error === undefined) return;
  const field = `${at}${error.instancePath.replaceAll('/', '.')}`.replace(/^\./, '');
  throw new TypeError(`${field || 'the rule'} ${error.message} (${JSON.stringify(error.params)}).`);
}
