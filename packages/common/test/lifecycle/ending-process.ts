import { Worker } from 'node:worker_threads';
import {
  closeObservability,
  identifyUser,
  initializeMixpanel,
  observabilityStats,
  trackEvent,
} from '../../src/index.ts';

// Tracks 50 events in the last moments of its life, in the way that its first argument names; a worker's has a second one.
const [, program = '', ending = '', role] = process.argv;
const EVENTS = 50;

function track(from = 0, to = EVENTS): void {
  for (let n = from; n < to; n++) trackEvent('qr_scanned', 'u1', { qr_id: String(n) });
}

function startWorker(): Worker {
  return new Worker(program, { argv: [ending, 'worker'] });
}

const stayAlive = () => setInterval(() => {}, 1000);

const endings: Readonly<Record<string, () => void>> = {
  'process.exit()': () => {
    track();
    process.exit(0);
  },
  'process.exit() in a promise': () => {
    void Promise.resolve().then(() => {
      track();
      process.exit(0);
    });
  },
  'an exit listener': () => {
    process.on('exit', () => track());
    process.exit(0);
  },
  'a beforeExit listener': () => {
    process.once('beforeExit', () => track());
  },
  'an uncaught error': () => {
    track();
    throw new Error('nobody caught this');
  },
  'an unhandled rejection': () => {
    track();
    void Promise.reject(new Error('nobody handled this'));
  },
  'an exit code and the end of the loop': () => {
    track();
    process.exitCode = 3;
  },
  'process.exit() before the first turn has ended, with calls before the start': () => {},
  'process.exit() while it is closed': () => {
    track(0, 20);
    void closeObservability(500);
    track(20, 40);
    setTimeout(() => {
      track(40, EVENTS);
      process.exit(0);
    }, 50);
  },
  'process.exit() right after it was closed': () => {
    track(0, 20);
    const timer = setInterval(() => track(20, 21), 20);
    void closeObservability(400).then(() => {
      clearInterval(timer);
      process.exit(0);
    });
    setTimeout(() => track(21, EVENTS), 300);
  },
  'the end of a worker': () => {
    startWorker();
  },
  'process.exit() of a worker': () => {
    startWorker();
  },
  'an error of a worker': () => {
    startWorker().on('error', () => process.exit(1));
  },
  'process.exit() upon the message of a worker': () => {
    startWorker().on('message', () => process.exit(0));
  },
  'the termination of a worker': () => {
    const worker = startWorker();
    worker.on('message', () => void worker.terminate());
  },
  'a worker that has ended while the process lives': () => {
    startWorker().on('exit', () => console.log('worker ended'));
    stayAlive();
  },
  'calls after it was closed': () => {
    void closeObservability(100).then(() => {
      track();
      identifyUser('u1', { plan: 'pro' });
      console.log(JSON.stringify(observabilityStats().lanes));
    });
  },
};

const workers: Readonly<Record<string, (port: { postMessage(value: unknown): void }) => void>> = {
  'the end of a worker': () => track(),
  'process.exit() of a worker': () => {
    track();
    process.exit(0);
  },
  'an error of a worker': () => {
    track();
    throw new Error('nobody caught this');
  },
  'process.exit() upon the message of a worker': (port) => {
    track();
    port.postMessage('tracked');
    stayAlive();
  },
  'the termination of a worker': (port) => {
    track();
    port.postMessage('tracked');
    stayAlive();
  },
  'a worker that has ended while the process lives': () => track(),
};

if (ending.endsWith('calls before the start')) {
  track();
  initializeMixpanel();
  process.exit(0);
} else if (role === 'worker') {
  const { parentPort } = await import('node:worker_threads');
  initializeMixpanel();
  workers[ending]?.({ postMessage: (value) => parentPort?.postMessage(value) });
} else {
  initializeMixpanel();
  endings[ending]?.();
}
