import { AppError, createServiceClient } from '@qr/common/server';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

/** Asks microsite-service for a page of links. `null` when there is none. @throws AppError 503 when there is no usable answer. */
export type FindMicrosite = (id: string) => Promise<{ readonly ownerId: string; readonly slug: string } | null>;

/** What {@link createMicrositeClient} takes. */
export interface MicrositeClientOptions {
  /** Origin of microsite-service. */
  readonly url: string;
  readonly serviceToken: string;
}

const microsite = Compile(Type.Object({ ownerId: Type.String(), slug: Type.String({ pattern: '^[a-z0-9-]+$' }) }));

/** Makes the client of microsite-service's internal route. */
export function createMicrositeClient({ url, serviceToken }: MicrositeClientOptions): FindMicrosite {
  const client = createServiceClient({ name: 'microsite-service', origin: url, serviceToken });
  return async (id) => {
    try {
      const { status, body } = await client.get(`/internal/microsites/${encodeURIComponent(id)}`, [200, 404]);
      if (status === 404) return null;
      if (microsite.Check(body)) return body;
      throw new Error('microsite-service answered 200 with a body that is no microsite: deploy matching versions.');
    } catch (cause) {
      const message = 'Microsites cannot be looked up right now. Try again in a moment.';
      throw new AppError({ statusCode: 503, code: 'service_unreachable', message, cause });
    }
  };
}
