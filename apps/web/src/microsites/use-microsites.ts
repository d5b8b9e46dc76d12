import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { findMicrosite, listMicrosites, type Microsite, type MicrositeList } from '../api/microsites.ts';

/** Where the list is kept; one of them is kept below it. */
export const LIST_KEY = ['microsites'] as const;

export function micrositeKey(id: string): readonly [string, string] {
  return [...LIST_KEY, id];
}

/** One's own, the newest first. `enabled` (default true): whether to ask for them now. */
export function useMicrosites({ enabled = true } = {}): UseQueryResult<MicrositeList> {
  return useQuery({ queryKey: LIST_KEY, queryFn: ({ signal }) => listMicrosites(signal), enabled });
}

export function useMicrosite(id: string): UseQueryResult<Microsite> {
  return useQuery({ queryKey: micrositeKey(id), queryFn: ({ signal }) => findMicrosite(id, signal) });
}
