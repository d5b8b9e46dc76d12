import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MAX_BODY_BYTES, type Reply, readRecords, type SealedBatch, type Transport } from '@qr/delivery';
import { createHttpClient } from '@qr/delivery/http';
import type { Destination, DestinationContext, Link } from './destination.ts';
import { mixpanelLanes } from './lanes.ts';
import { deletionPath, readDeletion } from './mixpanel-deletion-api.ts';

/** How a Mixpanel project merges ids: as it does by default since April 2024, or in the older way. */
export type IdMerge = 'simplified' | 'original';

/** What {@link mixpanel} takes. */
export interface MixpanelOptions {
  /** The project's token; empty only with a transport that needs none. */
  readonly token: string;
  /** Origin of the ingestion API: that of the project's region. @default 'https://api.mixpanel.com' */
  readonly apiHost?: string;
  /** `user:secret` of a service account and the numeric project id, instead of the token, for `/import`. */
  readonly serviceAccount?: { readonly credentials: string; readonly projectId: string };
  /** An OAuth token by which Mixpanel is asked to delete the events of erased users. @default their profile alone is deleted */
  readonly deletion?: {
    readonly oauthToken: string;
    /** Origin of the application API: `https://mixpanel.com`, `https://eu.mixpanel.com` or `https://in.mixpanel.com`. */
    readonly appHost: string;
  };
  /** @default 'simplified' */
  readonly idMerge?: IdMerge;
  /** How long Mixpanel may take to answer. @default 10_000 */
  readonly timeoutMs?: number;
  /** Carries events, profile and group updates instead of HTTP. For tests. */
  readonly transport?: Transport;
}

export const DEFAULT_API_HOST = 'https://api.mixpanel.com';

/** Where the numbers of accepted deletions are kept, one JSON object a line. */
const DELETIONS_FILE = 'deletions.ndjson';

/** Sends events, profiles, groups and erasures to a Mixpanel project. Events list it as `mixpanel`. */
export function mixpanel(options: MixpanelOptions): Destination {
  const { token, apiHost = DEFAULT_API_HOST, idMerge = 'simplified', transport, deletion, timeoutMs } = options;
  // `$ip: 0`: the vendor must not locate the person by the address of this server.
  const profileHead = token === '' ? '{"$ip":"0",' : `{"$token":${JSON.stringify(token)},"$ip":"0",`;
  return {
    name: 'mixpanel',
    lanes: mixpanelLanes,
    events: { lane: 'import' },
    profiles: { lane: 'engage', write: (json) => profileHead + json.slice(1) },
    ...(idMerge === 'original' && { link: identifyOf }),
    deletionsOf: (id) => [
      { lane: 'engage', json: `${profileHead}"$distinct_id":${JSON.stringify(id)},"$delete":null}` },
      { lane: 'deletions', json: JSON.stringify({ $distinct_id: id }) },
    ],
    queued: ['import', 'engage', 'groups'],
    official: { token, idMerge },
    open({ warn, spoolRoot, queue }: DestinationContext) {
      const http = { ...options, apiHost, warn };
      const carrier = transport ?? queue?.(mixpanelDestination(http)) ?? createMixpanelHttpTransport(http);
      return {
        ...{ import: carrier, engage: carrier, groups: carrier },
        ...(deletion && {
          deletions: createMixpanelDeletionTransport({
            ...{ ...deletion, token, warn },
            ...(timeoutMs !== undefined && { timeoutMs }),
            onAccepted: (trackingId, people) => noteDeletion(spoolRoot, trackingId, people, warn),
          }),
        }),
      };
    },
  };
}

/** The application API of each region; the vendor keeps the data of a project in one. */
const APP_HOSTS: Readonly<Record<string, string>> = {
  'api.mixpanel.com': 'https://mixpanel.com',
  'api-eu.mixpanel.com': 'https://eu.mixpanel.com',
  'api-in.mixpanel.com': 'https://in.mixpanel.com',
};

/** Returns the application API of the region that events go to; `undefined` for a host that does not tell its region. */
export function appHostOf(apiHost: string): string | undefined {
  return APP_HOSTS[new URL(apiHost).hostname];
}

/** Original id merge: an event of the vendor's, with the ids as earlier events have them. */
function identifyOf({ userId, anonymousId, time, insertId }: Link): string {
  const properties = {
    distinct_id: userId.toWellFormed(),
    $identified_id: userId.toWellFormed(),
    $anon_id: anonymousId.toWellFormed(),
    time,
    $insert_id: insertId,
    ip: '0',
  };
  return JSON.stringify({ event: '$identify', properties });
}

function noteDeletion(
  spoolRoot: string | undefined,
  trackingId: string,
  people: number,
  warn: (message: string) => void,
): void {
  if (spoolRoot === undefined) return;
  const line = JSON.stringify({ at: new Date().toISOString(), trackingId, people });
  appendFile(join(spoolRoot, DELETIONS_FILE), `${line}\n`, { mode: 0o600 }).catch(() => {
    warn(`Mixpanel carries out a deletion under the number ${trackingId}, which could not be written down.`);
  });
}

const inflate = promisify(gunzip);

interface MixpanelHttpOptions {
  /** Origin of the ingestion API. */
  readonly apiHost: string;
  readonly token: string;
  /** `user:secret` and the project, instead of the token, for `/import`. */
  readonly serviceAccount?: { readonly credentials: string; readonly projectId: string };
  /** How long the receiver may take to answer. @default 10_000 */
  readonly timeoutMs?: number;
  readonly warn?: (message: string) => void;
}

/** Sends batches to Mixpanel's ingestion API. */
export function createMixpanelHttpTransport(options: MixpanelHttpOptions): Transport {
  const { apiHost, token, serviceAccount, timeoutMs, warn = () => {} } = options;
  const client = createHttpClient({
    warn,
    origin: apiHost,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const credentials = serviceAccount?.credentials ?? `${token}:`;
  const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const project = serviceAccount ? `&project_id=${serviceAccount.projectId}` : '';
  const importPath = `/import?strict=1${project}`;

  // The reference says that /engage takes no gzip, and nothing of /groups: updates go out plain, inflated off the main thread.
  async function postPlain(path: string, { body }: SealedBatch): Promise<Reply> {
    try {
      return await client.postText(path, headers, await inflate(body, { maxOutputLength: MAX_BODY_BYTES }));
    } catch (error) {
      return { networkError: `the batch cannot be read: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  return {
    destination: mixpanelDestination(options),
    send: (lane, batch) => {
      const path = UPDATE_PATHS[lane];
      return path === undefined ? client.post(importPath, headers, batch.body) : postPlain(path, batch);
    },
    close: () => client.close(),
  };
}

/** `ip=0`: the address of this server says nothing about the user. `strict=1`: the answer names the records that were refused. */
const UPDATE_PATHS: Readonly<Record<string, string>> = {
  engage: '/engage?ip=0&strict=1&verbose=1',
  groups: '/groups?ip=0&strict=1&verbose=1',
};

/** Names the project that records go to, the same for producers and shippers. */
function mixpanelDestination({ apiHost, token }: Pick<MixpanelHttpOptions, 'apiHost' | 'token'>): string {
  const { host, pathname } = URL.canParse(apiHost) ? new URL(apiHost) : { host: apiHost, pathname: '/' };
  return `${host}${pathname.replace(/\/+$/, '')} ${token}`;
}

interface MixpanelDeletionOptions {
  /** Origin of the vendor's application API. */
  readonly appHost: string;
  /** Of the project whose data is to be deleted. */
  readonly token: string;
  /** Of a user of the vendor; the API accepts nothing else. */
  readonly oauthToken: string;
  /** Told under which number the vendor carries out the deletion, so that somebody can ask for it later. */
  readonly onAccepted: (trackingId: string, people: number) => void;
  /** @default 10_000 */
  readonly timeoutMs?: number;
  readonly warn?: (message: string) => void;
}

/** Asks the vendor to delete all data of the people whose ids a batch holds. Mixpanel reference, GDPR API version 3. */
function createMixpanelDeletionTransport(options: MixpanelDeletionOptions): Transport {
  const { appHost, token, oauthToken, onAccepted, timeoutMs, warn = () => {} } = options;
  const client = createHttpClient({
    warn,
    origin: appHost,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const path = deletionPath(token);
  return {
    async send(_lane, { body }): Promise<Reply> {
      const ids = (await readRecords(body)).map((record) => (record as { $distinct_id: string }).$distinct_id);
      const request = JSON.stringify({ distinct_ids: [...new Set(ids)], compliance_type: 'GDPR' });
      const reply = await client.postText(path, { authorization: `Bearer ${oauthToken}` }, request);
      if ('status' in reply && reply.status >= 200 && reply.status < 300)
        onAccepted(readDeletion(reply.body).trackingId ?? 'unknown', ids.length);
      return reply;
    },
    close: () => client.close(),
  };
}
