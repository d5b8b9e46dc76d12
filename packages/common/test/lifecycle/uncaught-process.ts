import { Worker } from 'node:worker_threads';
import { initializeSentry } from '../../src/index.ts';

// Ends, or goes on, after an error that nobody caught, in the way that its first argument names; a worker's has a second one.
const [, program = '', ending = '', role] = process.argv;
const later = (act: () => void) => setTimeout(act, 20);
const refuse = () => {
  throw new Error('do not read me');
};

const thrown: Readonly<Record<string, () => unknown>> = {
  'a stack that is a number': () => Object.assign(new Error('nobody caught this'), { stack: 17 }),
  'a stack of call sites': () => {
    Error.prepareStackTrace = (_error, sites) => sites;
    const error = new Error('nobody caught this');
    // V8 makes it when it is asked for.
    void error.stack;
    return error;
  },
  'a symbol': () => Symbol('nobody caught this'),
  'a getter that throws': () =>
    Object.defineProperties(new Error('nobody caught this'), { stack: { get: refuse }, cause: { get: refuse } }),
  'a proxy that refuses': () => new Proxy(new Error('x'), { get: refuse, has: refuse, getPrototypeOf: refuse }),
  'an object': () => ({ code: 'E_GONE', message: 'nobody caught this' }),
  nothing: () => undefined,
  'an error with secrets': () =>
    Object.assign(new Error('nobody caught this'), {
      config: { headers: { Authorization: 'Bearer canary-in-header' } },
    }),
};

const ways: Readonly<Record<string, (value: unknown) => void>> = {
  throw: (value) => {
    throw value;
  },
  reject: (value) => void Promise.reject(value),
};

function startWorker(listens: boolean): void {
  const worker = new Worker(program, { argv: [ending, 'worker'] });
  if (listens) worker.on('error', () => {});
}

const [way = '', kind = ''] = ending.split(': ');
if (role !== 'worker' || ending.includes('with tracking')) initializeSentry('uncaught-service');
if (role === 'worker') {
  throw new TypeError('nobody caught this in the worker');
} else if (way === 'worker') {
  startWorker(kind.startsWith('heard'));
  setTimeout(() => {}, 1500);
} else {
  later(() => ways[way]?.(thrown[kind]?.()));
  if (process.execArgv.join().includes('unhandled-rejections')) setTimeout(() => process.exit(0), 1500);
}
