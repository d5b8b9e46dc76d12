import { connect } from 'node:net';

const HEADERS_END = '\r\n\r\n';

/**
 * Asks for a path over keep-alive connections, each with one request at a time, as fast as they are answered or at a steady rate.
 * By hand over sockets: a client library would take more of its core than the server does of its own.
 *
 * @returns {Promise<{ answered: number, statuses: Record<string, number>, seconds: number, p50Ms: number, p99Ms: number }>}
 */
export async function load({ port, path, headers = () => '', connections = 16, seconds, ratePerSecond }) {
  const latencies = [];
  const statuses = {};
  const started = performance.now();
  const endsAt = started + seconds * 1000;
  let number = 0;

  async function run(socket, index) {
    const ask = requester(socket);
    const interval = ratePerSecond ? (connections * 1000) / ratePerSecond : 0;
    let next = started + (interval * index) / connections;
    while (performance.now() < endsAt) {
      // What was due while the one before was under way counts from then: a queue at a slow server is part of what its users wait. What was
      // not counts from when it was sent: a timer is up to a millisecond late, as much as the server takes.
      const isDue = performance.now() >= next;
      if (interval > 0 && !isDue) await sleepUntil(next);
      const from = interval > 0 && isDue ? next : performance.now();
      const own = number++;
      const status = await ask(path(own), headers(own));
      latencies.push(performance.now() - from);
      statuses[status] = (statuses[status] ?? 0) + 1;
      next += interval;
    }
  }

  let isLoading = !ratePerSecond;
  // Never asleep under full load: to wake another core of a virtual machine takes 10 us of the one that writes. A fast server keeps this one
  // awake by itself, so that only the slower ones would pay for it.
  (function stayAwake() {
    if (isLoading) setImmediate(stayAwake);
  })();
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  await Promise.all(sockets.map(run));
  isLoading = false;
  const elapsed = performance.now() - started;
  for (const socket of sockets) socket.destroy();
  latencies.sort((a, b) => a - b);
  const percentile = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
  return {
    answered: latencies.length,
    statuses,
    seconds: elapsed / 1000,
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
  };
}

function open(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket)).setNoDelay();
    socket.once('error', reject);
  });
}

/** Sends a GET and resolves to the status when the whole answer is there. */
function requester(socket) {
  let received = '';
  let done;
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    received += text;
    const head = received.indexOf(HEADERS_END);
    if (head === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
    if (received.length < head + HEADERS_END.length + length) return;
    const status = received.slice(9, 12);
    received = '';
    done(status);
  });
  return (path, headers) =>
    new Promise((resolve) => {
      done = resolve;
      socket.write(`GET ${path} HTTP/1.1\r\nhost: bench\r\n${headers}\r\n`);
    });
}

function sleepUntil(time) {
  const wait = time - performance.now();
  return wait > 0 ? new Promise((resolve) => setTimeout(resolve, wait)) : undefined;
}
