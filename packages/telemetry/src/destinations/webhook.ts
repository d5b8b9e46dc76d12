import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MAX_BODY_BYTES, type Transport } from '@qr/delivery';
import { createHttpClient } from '@qr/delivery/http';
import type { Destination } from './destination.ts';
import { webhookLanes } from './lanes.ts';

/** What {@link webhook} takes. */
export interface WebhookOptions {
  /** Endpoint that takes `POST` requests. */
  readonly url: string;
  /** Signs each request: `whsec_` and base64, as receivers of Standard Webhooks know it, or any text. @default requests are not signed */
  readonly secret?: string;
  /** Added to each request, such as `authorization`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** `json`: a batch is a JSON array. `ndjson`: it is a line of JSON for each event, as loaders of data stores read them. @default 'json' */
  readonly format?: 'json' | 'ndjson';
  /** How long the receiver may take to answer. @default 10_000 */
  readonly timeoutMs?: number;
  /** For tests. @default Date.now */
  readonly now?: () => number;
}

/**
 * Sends batches of at most 500 events `{ event, properties }` to an HTTP endpoint. Events list it as `webhook`.
 *
 * `webhook-id` is the same for each attempt of a batch. With a secret, `webhook-timestamp` (seconds) and `webhook-signature` (`v1,` and the base64 of an
 * HMAC-SHA-256 of `id.timestamp.body`) prove the sender. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhook(options: WebhookOptions): Destination {
  return {
    name: 'webhook',
    lanes: options.format === 'ndjson' ? { webhook: { ...webhookLanes.webhook, format: 'ndjson' } } : webhookLanes,
    events: { lane: 'webhook' },
    open: ({ warn }) => ({ webhook: createWebhookTransport({ ...options, warn }) }),
  };
}

const inflate = promisify(gunzip);

function createWebhookTransport({
  url,
  secret,
  headers = {},
  format,
  timeoutMs,
  warn,
  now = Date.now,
}: WebhookOptions & { readonly warn: (message: string) => void }): Transport {
  const { origin, pathname, search } = new URL(url);
  const client = createHttpClient({ warn, origin, ...(timeoutMs !== undefined && { timeoutMs }) });
  const key = secret === undefined ? undefined : keyOf(secret);
  return {
    async send(_lane, batch) {
      try {
        const body = await inflate(batch.body, { maxOutputLength: MAX_BODY_BYTES });
        const timestamp = String(Math.floor(now() / 1000));
        const signed = key && {
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${createHmac('sha256', key).update(`${batch.id}.${timestamp}.`).update(body).digest('base64')}`,
        };
        const type = format === 'ndjson' && { 'content-type': 'application/x-ndjson' };
        return await client.postText(
          pathname + search,
          { ...type, ...headers, 'webhook-id': batch.id, ...signed },
          body,
        );
      } catch (error) {
        return { networkError: `the batch cannot be read: ${error instanceof Error ? error.message : String(error)}` };
      }
    },
    close: () => client.close(),
  };
}

function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
}
