import type { Reply, Transport } from '@qr/delivery';
import { readRecords } from '@qr/delivery';
import { createHttpClient } from '@qr/delivery/http';
import { warnOnce } from '../warn-once.ts';
import { deletionPath, readDeletion } from './mixpanel-deletion-api.ts';

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
  const client = createHttpClient({ warn: warnOnce, origin: appHost, ...(timeoutMs !== undefined && { timeoutMs }) });
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
