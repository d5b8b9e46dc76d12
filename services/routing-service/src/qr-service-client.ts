import { createServiceClient } from '@qr/common';
import { Compile } from 'typebox/compile';
import { nextCodeId } from './next-code.ts';
import { type Code, codeSchema } from './schemas.ts';

/** Asks qr-service for a code. `null` when there is none that leads anywhere; rejects when there is no usable answer. */
export type FetchCode = (id: string) => Promise<Code | null>;

/** What {@link createQrServiceClient} takes. */
export interface QrServiceClientOptions {
  /** Origin of qr-service. */
  readonly url: string;
  readonly serviceToken: string;
  /** How long a person who scanned may wait for it. @default 2000 */
  readonly timeoutMs?: number;
}

const code = Compile(codeSchema);

/** Makes the client of qr-service's internal route. */
export function createQrServiceClient({ url, serviceToken, timeoutMs = 2000 }: QrServiceClientOptions): FetchCode {
  const client = createServiceClient({ name: 'qr-service', origin: url, serviceToken, timeoutMs });
  return async (id) => {
    const { status, body } = await client.get(`/internal/qrs/${encodeURIComponent(id)}`, [200, 404]);
    if (status === 404) return null;
    if (!code.Check(body))
      throw new Error('qr-service answered 200 with a body that is not a code: deploy matching versions.');
    const { destinationUrl } = body;
    return destinationUrl === null ? null : { ...body, destinationUrl, nextCodeId: nextCodeId(destinationUrl) };
  };
}
