import type { Mixpanel } from 'mixpanel-browser';

type Respond = (response: unknown) => void;
type SendRequest = (data: unknown, options: unknown, respond: Respond) => void;

/** What the SDK keeps for each of its queues, as of mixpanel-browser 2.83, `src/request-batcher.js`. */
interface Batchers {
  readonly request_batchers?: Readonly<Record<string, { sendRequest: SendRequest }>>;
}

/**
 * Makes the SDK keep what it could not send although the browser says that it is online, as with an ad blocker or a captive portal. It takes a
 * request without any status for a final answer then, and forgets what was in it; a 503 it tries again.
 */
export function keepBlockedRequests(mixpanel: Mixpanel): void {
  for (const batcher of Object.values((mixpanel as Batchers).request_batchers ?? {})) {
    const send = batcher.sendRequest;
    batcher.sendRequest = (data, options, respond) =>
      send(data, options, (response) =>
        respond(isUnanswered(response) ? { ...response, httpStatusCode: 503 } : response),
      );
  }
}

function isUnanswered(response: unknown): response is { readonly httpStatusCode: number } {
  return (
    typeof response === 'object' && response !== null && 'httpStatusCode' in response && response.httpStatusCode === 0
  );
}
