import type { FastifyInstance } from 'fastify';
import type { InboxData } from './inbox-data.ts';
import type { RawLog } from './store/raw-log.ts';
import type { Store } from './store/store.ts';

/** How long a clear can be undone. */
const UNDO_MS = 10_000;

/** A clear that can still be undone. */
export interface PendingClear {
  /** Records that it has hidden. */
  readonly records: number;
  /** Until it is final. A duration, because the clock of a browser may differ. */
  readonly msLeft: number;
}

/**
 * Clears at once and for good after ten seconds, in which it can be undone and the data file keeps everything. A second
 * clear within that time hides what has arrived since, too, and starts the ten seconds again for all of it.
 */
export class UndoableClear {
  readonly #store: Store;
  readonly #rawLog: RawLog | undefined;
  readonly #onFinal: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #endsAt = 0;

  /** @param onFinal called once a clear is final: the data file can be written again without what was cleared */
  constructor(store: Store, rawLog: RawLog | undefined, onFinal: () => void) {
    this.#store = store;
    this.#rawLog = rawLog;
    this.#onFinal = onFinal;
  }

  start(): void {
    this.cancel();
    this.#store.setAside();
    this.#rawLog?.setAside();
    this.#endsAt = performance.now() + UNDO_MS;
    this.#timer = setTimeout(() => this.#finish(), UNDO_MS).unref();
  }

  /** The clear that can be undone now; null when there is none, or it has hidden nothing. */
  pending(): PendingClear | null {
    const records = this.#timer === undefined ? 0 : (this.#store.everyContents[0]?.length ?? 0);
    if (records === 0) return null;
    return { records, msLeft: Math.max(0, Math.round(this.#endsAt - performance.now())) };
  }

  /** Brings everything back; what has arrived since stays. @returns false when there is nothing to undo */
  undo(): boolean {
    if (this.#timer === undefined) return false;
    this.cancel();
    this.#rawLog?.bringBack();
    return this.#store.bringBack();
  }

  /** Stops the time: the data file keeps what was cleared until it is written again. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #finish(): void {
    this.#timer = undefined;
    this.#store.dropAside();
    this.#rawLog?.dropAside();
    this.#onFinal();
  }
}

/** `DELETE /api/data` clears, `POST /api/data/undo` brings back within ten seconds, `GET /api/data/cleared` says what can be brought back. */
export function clearRoutes(app: FastifyInstance, { undoableClear }: Pick<InboxData, 'undoableClear'>): void {
  app.delete('/api/data', (_request, reply) => {
    undoableClear.start();
    return reply.code(204).send();
  });

  app.get('/api/data/cleared', () => ({ cleared: undoableClear.pending() }));

  app.post('/api/data/undo', (_request, reply) => {
    if (undoableClear.undo()) return reply.code(204).send();
    const message = 'nothing to undo: a clear is final after ten seconds';
    return reply.code(409).send({ error: 'Conflict', message });
  });
}
