import { createServiceClient, type StopSchedule, startSchedule } from '@qr/common/server';
import type { Erasure, Store } from './store.ts';

/** How often services that did not confirm are asked again. */
const INTERVAL_MS = 30_000;
/** So long a session of a person who is gone is believed by other services: what it made meanwhile goes with a second request. */
const SESSION_TTL_MS = 15 * 60_000;

/** What {@link createErasures} takes. */
export interface ErasuresOptions {
  readonly store: Store;
  /** The origins of each service that holds something of people, by its name: of every instance, as they remember things by themselves. */
  readonly services: Readonly<Record<string, readonly string[]>>;
  readonly serviceToken: string;
  readonly now: () => number;
  /** Told of a service that could not be asked. */
  readonly onFailure: (error: unknown, service: string) => void;
  /** @default 5000 */
  readonly timeoutMs?: number;
}

/** Tells other services that a person is gone, until each has confirmed. */
export interface Erasures {
  /** Who has to be told. */
  readonly services: readonly string[];
  /** Asks all that are due, one after the other; never rejects. */
  run(): Promise<void>;
  /** Runs now and then, from now on, in one of all instances; returns how to stop. */
  start(): StopSchedule;
}

export function createErasures(options: ErasuresOptions): Erasures {
  const { store, services, serviceToken, now, onFailure, timeoutMs = 5000 } = options;

  const clients = new Map(
    Object.entries(services).map(([name, origins]) => [
      name,
      origins.map((origin) => createServiceClient({ name, origin, serviceToken, timeoutMs })),
    ]),
  );

  async function ask(erasure: Erasure): Promise<void> {
    const { userId, service, requestedAt } = erasure;
    const instances = clients.get(service);
    // A service that is configured no more keeps its rows; whoever brings it back finds the request.
    if (!instances) return;
    await Promise.all(instances.map((instance) => instance.delete(`/internal/users/${userId}`, [204])));
    if (now() - requestedAt.getTime() >= SESSION_TTL_MS) await store.endErasure(erasure);
    else await store.noteErasure(erasure, new Date(now()));
  }

  let running: Promise<void> | undefined;
  async function runAll(): Promise<void> {
    for (const erasure of await store.dueErasures(new Date(now() - SESSION_TTL_MS))) {
      await ask(erasure).catch((error: unknown) => onFailure(error, erasure.service));
    }
  }

  function run(): Promise<void> {
    // One at a time: the next finds what came meanwhile.
    running = (running ?? Promise.resolve()).then(runAll).catch((error: unknown) => onFailure(error, 'the database'));
    return running;
  }

  return {
    services: Object.keys(services),
    run,
    start: () => startSchedule({ name: 'erasures', everyMs: INTERVAL_MS, run }),
  };
}
