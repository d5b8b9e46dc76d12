import { isMainThread, parentPort, Worker } from 'node:worker_threads';

interface Order {
  readonly customerId: string;
  readonly isbn: string;
}

if (isMainThread) {
  // The main thread only hands out work.
  const worker = new Worker(new URL(import.meta.url));
  for (const isbn of process.argv.slice(2)) worker.postMessage({ customerId: 'customer-1', isbn } satisfies Order);
  worker.postMessage('end');
} else {
  await work();
}

async function work(): Promise<void> {
  const { withRequestContext } = await import('@qr/server/request-context');
  const { sellBook, telemetry } = await import('./bookshop.ts');
  const pending: Promise<void>[] = [];
  parentPort?.on('message', async (message: Order | 'end') => {
    if (message === 'end') {
      parentPort?.close();
      await Promise.allSettled(pending);
      await telemetry.close();
      return;
    }
    const job = { method: 'QUEUE', url: 'orders', route: 'orders', op: 'queue.process' };
    // A job that fails is reported, and must not end the worker.
    pending.push(withRequestContext(telemetry, job, () => sellBook(message.customerId, message.isbn)).catch(() => {}));
  });
}
