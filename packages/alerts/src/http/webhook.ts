import { hostOf, reachText } from './ask.ts';

const TIMEOUT_MS = 10_000;

/** Where messages go. */
export interface WebhookOptions {
  /** A secret: whoever has it may write. */
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly signal?: AbortSignal;
}

/**
 * Tells messages to a webhook that takes `{ "text": ... }`, as Slack's and those of its rivals do: one request for all of them, so that either all
 * are told or none.
 *
 * @throws Error that names the host only.
 * @see https://api.slack.com/messaging/webhooks
 */
export async function tellWebhook(messages: readonly string[], { url, fetch, signal }: WebhookOptions): Promise<void> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: messages.map(escapeForSlack).join('\n') }),
      // Who follows a redirect tells somebody else.
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (error) {
    // Without the cause, which may quote the URL.
    throw new Error(`The webhook at ${hostOf(url)} ${reachText(error)}.`);
  }
  await response.body?.cancel();
  if (!response.ok)
    throw new Error(
      `The webhook at ${hostOf(url)} answered ${response.status}: the message is told again next time. Is ALERT_WEBHOOK_URL still right?`,
    );
}

/**
 * Only these three are control characters; whatever else is encoded is shown as it is.
 *
 * @see https://api.slack.com/reference/surfaces/formatting#escaping
 */
function escapeForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
