import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { codeStatistics, type Period, summary } from '../api/statistics.ts';

/** Scans are counted a moment after they happen; whoever looks wants to see that. */
const REFRESH_MS = 10_000;

export function useCodeStatistics(id: string, period: Period) {
  return useQuery({
    queryKey: ['statistics', 'code', id, period],
    queryFn: ({ signal, queryKey, client }) => {
      const isRefresh = client.getQueryData(queryKey) !== undefined;
      return codeStatistics(id, { ...period, isRefresh }, signal);
    },
    refetchInterval: REFRESH_MS,
    // The chart of the last period, until the next one is there.
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
