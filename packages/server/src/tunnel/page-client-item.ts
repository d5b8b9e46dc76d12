import type { ClientContexts } from '../visitor/page-client.ts';
import type { EnvelopeItem } from './envelope-ids.ts';

/**
 * Returns an error of a page with its browser and its operating system, which the page's SDK leaves to the receiver of the `User-Agent` header.
 *
 * @returns the same item when it is no error, or when the header names neither; `undefined` for an error that is not JSON.
 */
export function withClient(item: EnvelopeItem, client: ClientContexts): EnvelopeItem | undefined {
  if (item.header['type'] !== 'event') return item;
  if (Object.keys(client).length === 0) return item;
  try {
    const event = JSON.parse(item.payload.toString('utf8')) as { readonly contexts?: object } | null;
    if (typeof event !== 'object' || event === null) return undefined;
    const contexts = { ...client, ...event.contexts };
    const payload = Buffer.from(JSON.stringify({ ...event, contexts }));
    return { header: { ...item.header, length: payload.length }, payload };
  } catch {
    return undefined;
  }
}
