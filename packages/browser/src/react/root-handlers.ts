import type { RootOptions } from 'react-dom/client';
import { reportError } from '../eager/capture.ts';

/** The options of `createRoot` by which React tells of errors. */
type RootHandlers = Required<Pick<RootOptions, 'onUncaughtError' | 'onCaughtError'>>;

/**
 * For `createRoot(container, sentryRootOptions())`: reports what no boundary catches, and what a boundary that is not ours catches, such as one
 * that a route loads lazily. What our boundaries have reported is known by its id and not reported again.
 */
export function sentryRootOptions(): RootHandlers {
  const report = (error: unknown, { componentStack }: { readonly componentStack?: string | undefined }) => {
    reportError({ error, mechanism: 'react_root', componentStack });
    // React leaves it to these handlers whether the console hears of it.
    console.error(error);
  };
  // What React recovers from by itself it tells the listeners of the window.
  return { onUncaughtError: report, onCaughtError: report };
}
