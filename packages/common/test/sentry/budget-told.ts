import type { Inbox } from '@qr/inbox';

/** What the events that arrived tell of one place: a route, a job, or a call outside of both. */
interface Told {
  reported: number;
  suppressed: number;
}

/** The receiver's books: each event once, though it may have been sent twice, and each error under the place at which it happened. */
export function toldBy(inbox: Inbox): Map<string, Told> {
  const events = [...new Map(inbox.errors().map((error) => [error.eventId, error.event])).values()];
  const books = new Map<string, Told>();
  for (const { transaction, message, contexts } of events as Event[]) {
    const suppressed = contexts?.suppressed;
    // A summary belongs to no request; its sentence names the place.
    const place = suppressed?.summary ? String(message).replace(/^.* in /, '') : String(transaction);
    const told = books.get(place) ?? { reported: 0, suppressed: 0 };
    if (!suppressed?.summary) told.reported++;
    told.suppressed += suppressed?.count ?? 0;
    books.set(place, told);
  }
  return books;
}

interface Event {
  readonly transaction?: string;
  readonly message?: string;
  readonly contexts?: { readonly suppressed?: { readonly count: number; readonly summary?: boolean } };
}
