import type { LaneName } from '../record.ts';
import type { Transport } from '../transport.ts';
import { createHttpClient } from './http-client.ts';

/** What {@link createMixpanelHttpTransport} takes. */
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
  const client = createHttpClient({ origin: apiHost, ...(timeoutMs !== undefined && { timeoutMs }) });
  const credentials = serviceAccount?.credentials ?? `${token}:`;
  const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const project = serviceAccount ? `&project_id=${serviceAccount.projectId}` : '';
  const paths: Readonly<Partial<Record<LaneName, string>>> = {
    import: `/import?strict=1${project}`,
    // `ip=0`: the address of this server says nothing about the person.
    engage: '/engage?ip=0&verbose=1',
    groups: '/groups?ip=0&verbose=1',
  };
  return {
    destination: mixpanelDestination(options),
    send: (lane, { body }) => client.post(paths[lane] ?? '/import?strict=1', headers, body),
    close: () => client.close(),
  };
}

/** Names the project that records go to, the same for producers and shippers. */
export function mixpanelDestination({ apiHost, token }: Pick<MixpanelHttpOptions, 'apiHost' | 'token'>): string {
  const { host, pathname } = URL.canParse(apiHost) ? new URL(apiHost) : { host: apiHost, pathname: '/' };
  return `${host}${pathname.replace(/\/+$/, '')} ${token}`;
}
