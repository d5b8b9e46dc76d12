import { type Inbox, startInbox } from '@qr/inbox';

/** An inbox that can go away and come back on the same port; what it received outlives that. */
export interface Receiver {
  readonly url: string;
  up(): Promise<void>;
  /** Connections are refused from now on. */
  down(): Promise<void>;
  /** Takes the next batch and does not answer; resolves when it is there. */
  stallNext(timeoutMs: number): Promise<boolean>;
  /** The bodies of all requests so far, in order. */
  bodies(): readonly string[];
  /** Records that the receiver refused. */
  refused(): number;
}

export async function startReceiver(): Promise<Receiver> {
  let inbox: Inbox | undefined = await startInbox({ keepRaw: true, environment: 'test' });
  const { url, port } = inbox;
  const bodies: string[] = [];
  let refused = 0;

  function collect(): void {
    if (!inbox) return;
    bodies.push(...inbox.raw().map(({ body }) => body.toString()));
    refused += inbox.rejected().length;
    inbox.clear();
  }

  return {
    url,
    async up() {
      inbox ??= await startInbox({ keepRaw: true, environment: 'test', port });
    },
    async down() {
      collect();
      await inbox?.close();
      inbox = undefined;
    },
    async stallNext(timeoutMs) {
      if (!inbox) throw new Error('Expected a receiver that is up: call up() first.');
      collect();
      inbox.faults.clear();
      const { id } = inbox.faults.add({ endpoint: 'import', requests: 1, fault: { kind: 'hang', store: true } });
      const isStalled = () => inbox?.faults.list().some((fault) => fault.id === id && fault.struck === 1) ?? false;
      return inbox.waitFor(isStalled, timeoutMs).then(
        () => true,
        () => false,
      );
    },
    bodies() {
      collect();
      return bodies;
    },
    refused() {
      collect();
      return refused;
    },
  };
}
