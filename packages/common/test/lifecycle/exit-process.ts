import {
  addBreadcrumb,
  captureException,
  captureMessage,
  initializeSentry,
  Sentry,
  setUserContext,
  withJobContext,
} from '../../src/index.ts';

// Reports errors in the last moment of its life, in the way that its argument names.
const endings: Readonly<Record<string, () => void>> = {
  'process.exit': () => {
    withJobContext({ name: 'nightly job' }, () => {
      setUserContext({ id: 'user-17', email: 'joe@example.com' });
      addBreadcrumb('before it failed');
      const cause = new Error('the cause, of joe@example.com');
      captureException(new Error('failed for joe@example.com', { cause }), { qr_id: 'q1', note: 'unplanned-secret' });
    });
    captureMessage('a sentence of joe@example.com');
    Sentry.captureException(new Error('past our functions'));
    process.exit(0);
  },
  'many at once': () => {
    for (let number = 0; number < 1500; number++) captureException(new Error(`error ${number}`));
    process.exit(0);
  },
  'in an exit listener': () => {
    process.on('exit', () => captureException(new Error('at the very end')));
    process.exit(0);
  },
  'an uncaught error that another listener ends': () => {
    process.on('uncaughtException', () => process.exit(7));
    throw new Error('nobody caught this');
  },
  'the end of the loop': () => {
    process.on('beforeExit', () => {
      captureException(new Error('nothing left to do'));
      process.exit();
    });
  },
};

initializeSentry('ending-service');
endings[process.argv[2] ?? '']?.();
