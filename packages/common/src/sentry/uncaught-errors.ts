import * as Sentry from '@sentry/node';

type Close = (timeoutMs: number) => Promise<void>;

let closeAll: Close = async (timeoutMs) => {
  await Sentry.close(timeoutMs);
};

/** Says how to deliver what waits before an uncaught error ends the process; without it errors are delivered, analytics are not. */
export function setClose(close: Close): void {
  closeAll = close;
}

/**
 * Reports what nobody caught, and ends the process with 1 once it is delivered, unless someone else listens: a server closes in order by itself.
 *
 * There is no listener for rejections: Node then raises one as an uncaught exception, so that both take the same way. The SDK's own would turn
 * the crash into a warning.
 */
export function uncaughtErrorsIntegration(timeoutMs: number) {
  return Sentry.onUncaughtExceptionIntegration({
    onFatalError: (error) => {
      const exit = () => process.exit(1);
      setTimeout(exit, timeoutMs);
      print(error);
      closeAll(timeoutMs * SHARE).then(exit, exit);
    },
  });
}

/** What was thrown may refuse to be printed, and must not keep the rest from being delivered. */
function print(error: unknown): void {
  try {
    console.error(error);
  } catch {
    console.error('An uncaught error that refuses to be read');
  }
}

/** Of the time to end: what is left is a reserve. */
const SHARE = 0.8;
