import type { Finding } from './check.ts';
import { explainFailure } from './explain-failure.ts';
import type { Delivery } from './send-as-service.ts';

/** Who received, and how it is called in sentences. */
interface Receiver {
  readonly name: 'Mixpanel' | 'Sentry';
  readonly origin: string;
  readonly timeoutMs: number;
  /** What a 401 or 403 means there. */
  readonly denied: (status: number, words: string) => Finding;
}

/** Why something did not arrive, as a finding; `undefined` when it did. */
export function explainDelivery(
  { isDelivered, refusal, networkError }: Delivery,
  receiver: Receiver,
): Finding | undefined {
  const { name, origin, timeoutMs, denied } = receiver;
  if (isDelivered) return undefined;
  if (networkError !== undefined) return { status: 'failed', ...explainFailure(networkError, origin) };
  if (refusal === undefined) {
    return {
      status: 'failed',
      says: `${origin} took the connection and did not answer within ${timeoutMs / 1000} s.`,
      do: `Ask again with a longer --timeout; see whether ${name} reports troubles of its own.`,
    };
  }
  const { status, words } = refusal;
  if (status === 401 || status === 403) return denied(status, words);
  if (status === 429) {
    return {
      status: 'failed',
      says: `${name} takes no more for now (429: ${words}). That says nothing against the credentials: a quota or a rate limit is used up.`,
      do: 'Look at the quota of the project. Services keep what they have and send it later; ask again then.',
    };
  }
  if (status >= 500) {
    return {
      status: 'failed',
      says: `${name} has troubles of its own (${status}${words && `: ${words}`}). That says nothing against the credentials.`,
      do: `Look at the status page of ${name}. Services keep what they have and send it later; ask again then.`,
    };
  }
  if (status < 400) {
    return {
      status: 'failed',
      says: `Something that is not ${name} answers at ${origin} (${status}: ${words}).`,
      do: 'A log-in page of the network, or a proxy, answers in its place: correct the host, or let this machine out.',
    };
  }
  return {
    status: 'failed',
    says: `${name} refuses what was sent (${status}: ${words}).`,
    do: 'Look whether the host is that of the ingestion API; what is sent is tested against its rules.',
  };
}
