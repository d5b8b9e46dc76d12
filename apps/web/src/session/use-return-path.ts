import { useLocation } from 'react-router';

/** The page of this app that sent the visitor to the log-in. */
export function useReturnPath(): string {
  const state: unknown = useLocation().state;
  const from = (state as { readonly from?: unknown } | null)?.from;
  return typeof from === 'string' && from.startsWith('/') ? from : '/';
}
