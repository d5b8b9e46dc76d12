import { createAnswerCache, createServiceClient } from '@qr/common/server';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/** What a scan leads to. */
export type Lookup =
  | { readonly outcome: 'active' | 'disabled'; readonly code: Code }
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'unavailable'; readonly error: unknown };

/** Finds codes, mostly in memory. */
export type CodeDirectory = ReturnType<typeof createCodeDirectory>;

/** A code that leads somewhere. */
type Code = Readonly<Static<typeof codeSchema>> & {
  readonly destinationUrl: string;
  /** The id in a destination that may be another code, or this one. */
  readonly nextCodeId: string | undefined;
};

export interface CodeDirectoryOptions {
  /** Origin of qr-service. */
  readonly url: string;
  readonly serviceToken: string;
  /** Called when qr-service fails and an old answer is used instead. */
  readonly onStandIn: (error: unknown) => void;
  /** How long a person who scanned may wait for qr-service. @default 2000 */
  readonly timeoutMs?: number;
  /** Milliseconds of any clock. @default performance.now */
  readonly now?: () => number;
}

/** How long a change of a code may go unnoticed. */
const FOUND_TTL_MS = 30_000;
/** About half a kilobyte each. */
const MAX_CODES = 50_000;
/** A code may lead to a second one, as some did before qr-service refused that. The second must lead elsewhere. */
const MAX_CODES_PER_SCAN = 2;

const codeSchema = Type.Object({
  id: Type.String(),
  ownerId: Type.String(),
  // Checked again here: this is the service that sends people there.
  // Null for what phones read from the code itself.
  destinationUrl: Type.Union([Type.String({ pattern: '^https?://[\\x21-\\x7e]+$' }), Type.Null()]),
  status: Type.Union([Type.Literal('active'), Type.Literal('disabled')]),
  // Absent in answers of an older qr-service.
  forwardsQuery: Type.Optional(Type.Boolean()),
});
const answer = Compile(codeSchema);

/** Asks qr-service for codes and remembers its answers; while it is down, known codes stay valid. */
export function createCodeDirectory({ url, serviceToken, onStandIn, timeoutMs = 2000, now }: CodeDirectoryOptions) {
  const client = createServiceClient({ name: 'qr-service', origin: url, serviceToken, timeoutMs });
  const codes = createAnswerCache<Code>({ fetch: fetchCode, onStandIn, foundTtlMs: FOUND_TTL_MS, max: MAX_CODES, now });

  async function fetchCode(id: string): Promise<Code | null> {
    const { status, body } = await client.get(`/internal/qrs/${encodeURIComponent(id)}`, [200, 404]);
    if (status === 404) return null;
    if (!answer.Check(body))
      throw new Error('qr-service answered 200 with a body that is not a code: deploy matching versions.');
    const { destinationUrl } = body;
    return destinationUrl === null ? null : { ...body, destinationUrl, nextCodeId: nextCodeId(destinationUrl) };
  }

  /** Returns what is known and fresh, at once: most scans, for which a promise would cost more than the look-up. */
  function recall(id: string): Lookup | undefined {
    const known = codes.recall(id);
    return known === undefined ? undefined : toLookup(known);
  }

  async function find(id: string): Promise<Lookup> {
    try {
      return toLookup(await codes.find(id));
    } catch (error) {
      return { outcome: 'unavailable', error };
    }
  }

  return {
    recall,
    find,

    /** Returns whether a scan would pass more than two codes, as in a loop: each would count a scan. A failed look-up is no loop. */
    async leadsInLoop(first: Lookup): Promise<boolean> {
      let found = first;
      for (let codes = 1; codes <= MAX_CODES_PER_SCAN; codes++) {
        const nextId = nextCodeIdOf(found);
        if (nextId === undefined) return false;
        found = recall(nextId) ?? (await find(nextId));
        if (found.outcome !== 'active') return false;
      }
      return true;
    },

    forgetOwner(ownerId: string): void {
      codes.forgetWhere((code) => code.ownerId === ownerId);
    },
  };
}

/** Returns the code to which a code may lead. */
export function nextCodeIdOf(found: Lookup): string | undefined {
  return 'code' in found ? found.code.nextCodeId : undefined;
}

function toLookup(code: Code | null): Lookup {
  return code ? { outcome: code.status, code } : { outcome: 'not_found' };
}

/** A scan address, also behind a proxy that adds a prefix. Proxies merge slashes, and some ignore case. */
const SCAN_PATH = /\/scan\/+([A-Za-z0-9_-]{8,64})\/*$/i;

/**
 * Returns the id in a destination that has the path of a scan address, under any origin: new custom origins are not known here, and ids are random enough
 * to tell codes of ours from those of others.
 */
function nextCodeId(destinationUrl: string): string | undefined {
  // Most destinations are none, and parsing takes some microseconds.
  if (!/scan|%/i.test(destinationUrl)) return undefined;
  return SCAN_PATH.exec(decodedPath(destinationUrl))?.[1];
}

/** The path as routers read it. */
function decodedPath(url: string): string {
  const { pathname } = new URL(url);
  try {
    return decodeURIComponent(pathname);
  } catch {
    // Routers refuse what cannot be decoded.
    return pathname;
  }
}
