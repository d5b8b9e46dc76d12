import { useMemo } from 'react';
import { failureMessage } from '../notices/failure-message.ts';

/** What to tell of an error that is on display: reported once, however often the page is drawn. */
export function useFailureMessage(error: unknown, action: string): string {
  return useMemo(() => failureMessage(error, action), [error, action]);
}
