import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { codeStatistics, type Period, summary, type VisitorFilter } from '../api/statistics.ts';

/** Scans are counted a moment after they happen; whoever looks wants to see that. */
const REFRESH_MS = 10_000;

export function useCodeStatistics(id: string, filter: Period & VisitorFilter) {
  return useQuery({
    queryKey: ['statistics', 'code', id, filter],
    queryFn: ({ signal, queryKey, client }) => {
      const isRefresh = client.getQueryData(queryKey) !== undefined;
      return codeStatistics(id, { ...filter, isRefresh }, signal);
    },
    refetchInterval: REFRESH_MS,
    // The chart of the last choice, until the next one is there.
    placeholderData: keepPreviousData,
  });
}

export function useSummary() {
  return useQuery({
    queryKey: ['statistics', 'summary'],
    queryFn: ({ signal }) => summary(signal),
    refetchInterval: REFRESH_MS,
  });
}
