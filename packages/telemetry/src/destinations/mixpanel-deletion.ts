import { type Reply, readRecords, type Transport } from '@qr/delivery';
import { createHttpClient } from '@qr/delivery/http';
import { core } from '../instance.ts';

/** What {@link createMixpanelDeletionTransport} takes. */
export interface MixpanelDeletionOptions {
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
}

/** Asks the vendor to delete all data of the people whose ids a batch holds. Mixpanel reference, GDPR API version 3. */
export function createMixpanelDeletionTransport(options: MixpanelDeletionOptions): Transport {
  const { appHost, token, oauthToken, onAccepted, timeoutMs } = options;
  const client = createHttpClient({
    warn: core.warnOnce,
    origin: appHost,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const path = `/api/app/data-deletions/v3.0/?token=${encodeURIComponent(token)}`;
  return {
    async send(_lane, { body }): Promise<Reply> {
      const ids = (await readRecords(body)).map((record) => (record as { $distinct_id: string }).$distinct_id);
      const request = JSON.stringify({ distinct_ids: [...new Set(ids)], compliance_type: 'GDPR' });
      const reply = await client.postText(path, { authorization: `Bearer ${oauthToken}` }, request);
      if ('status' in reply && reply.status >= 200 && reply.status < 300)
        onAccepted(trackingIdOf(reply.body), ids.length);
      return reply;
    },
    close: () => client.close(),
  };
}

/** The reference shows the number as `task_id` and as `tracking_id`, in an object and in a list. */
function trackingIdOf(body: string): string {
  try {
    const { results } = JSON.parse(body) as { results?: unknown };
    const [first] = (Array.isArray(results) ? results : [results]) as { task_id?: unknown; tracking_id?: unknown }[];
    return String(first?.tracking_id ?? first?.task_id ?? 'unknown');
  } catch {
    return 'unknown';
  }
}
