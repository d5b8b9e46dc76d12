import { Compile } from 'typebox/compile';
import { type Code, codeSchema } from './schemas.ts';

/** Asks qr-service for a code. `null` when there is none; rejects when there is no usable answer. */
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
  const headers = { authorization: `Bearer ${serviceToken}` };
  return async (id) => {
    const response = await fetch(`${url}/internal/qrs/${encodeURIComponent(id)}`, {
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status === 200) {
      const body: unknown = await response.json();
      if (code.Check(body)) return body;
      throw new Error('qr-service answered 200 with a body that is not a code: deploy matching versions.');
    }
    // Read to the end, or the connection could not be used again.
    await response.arrayBuffer();
    if (response.status === 404) return null;
    throw new Error(`qr-service answered ${response.status}, expected 200 or 404.`);
  };
}
