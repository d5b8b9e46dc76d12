import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MAX_BODY_BYTES, type Reply, type SealedBatch, type Transport } from '@qr/delivery';
import { createHttpClient } from '@qr/delivery/http';
import { core } from '../instance.ts';

const inflate = promisify(gunzip);

export interface MixpanelHttpOptions {
  /** Origin of the ingestion API. */
  readonly apiHost: string;
  readonly token: string;
  /** `user:secret` and the project, instead of the token, for `/import`. */
  readonly serviceAccount?: { readonly credentials: string; readonly projectId: string };
  /** How long the receiver may take to answer. @default 10_000 */
  readonly timeoutMs?: number;
}

/** Sends batches to Mixpanel's ingestion API. */
export function createMixpanelHttpTransport(options: MixpanelHttpOptions): Transport {
  const { apiHost, token, serviceAccount, timeoutMs } = options;
  const client = createHttpClient({
    warn: core.warnOnce,
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
export function mixpanelDestination({ apiHost, token }: Pick<MixpanelHttpOptions, 'apiHost' | 'token'>): string {
  const { host, pathname } = URL.canParse(apiHost) ? new URL(apiHost) : { host: apiHost, pathname: '/' };
  return `${host}${pathname.replace(/\/+$/, '')} ${token}`;
}
