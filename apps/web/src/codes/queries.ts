import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import {
  type Code,
  type CodeChanges,
  type CodeList,
  type CodeListFilter,
  createCode,
  deleteCode,
  findCode,
  listCodes,
  type NewCode,
  previewCode,
  updateCode,
} from '../api/codes.ts';
import { codeStatistics, type Period, summary, type VisitorFilter } from '../api/statistics.ts';

/** A screen or two; the next ones come when they are asked for. */
const PAGE_SIZE = 24;

const keys = { all: ['codes'], list: ['codes', 'list'], one: (id: string) => ['codes', 'one', id] } as const;

/** The codes of the person that match, page by page. */
export function useCodeList(filter: CodeListFilter) {
  return useInfiniteQuery({
    queryKey: [...keys.list, filter],
    // The former list stays until the next one is there.
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      listCodes({ ...filter, limit: PAGE_SIZE, ...(pageParam !== undefined && { cursor: pageParam }) }, signal),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

export function useCode(id: string) {
  const client = useQueryClient();
  return useQuery({
    queryKey: keys.one(id),
    queryFn: ({ signal }) => findCode(id, signal),
    // What the list knows of it is shown until the service has answered.
    placeholderData: () => listed(client, id),
  });
}

/** The picture of a code that is being typed. Kept no longer than it is looked at: it may hold a password. */
export function useCodePreview(code: NewCode | undefined) {
  return useQuery({
    queryKey: ['preview', code],
    queryFn: ({ signal }) => previewCode(code as NewCode, signal),
    enabled: code !== undefined,
    retry: false,
    gcTime: 0,
    // The last good picture, until the next one is drawn.
    placeholderData: keepPreviousData,
  });
}

export function useCreateCode() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: createCode,
    onSuccess: ({ isFirst: _isFirst, ...code }) => {
      client.setQueryData<Code>(keys.one(code.id), code);
      return client.invalidateQueries({ queryKey: keys.list });
    },
  });
}

/** Shows a change at once, and takes it back when the service refuses it. */
export function useUpdateCode(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: CodeChanges) => updateCode(id, changes),
    onMutate: async (changes) => {
      // An answer that is on its way would bring the old state back.
      await client.cancelQueries({ queryKey: keys.all });
      const before = client.getQueryData<Code>(keys.one(id));
      if (before) client.setQueryData<Code>(keys.one(id), { ...before, ...changes });
      return before;
    },
    onError: (_error, _changes, before) => client.setQueryData(keys.one(id), before),
    onSuccess: (code) => client.setQueryData(keys.one(id), code),
    onSettled: () => client.invalidateQueries({ queryKey: keys.list }),
  });
}

export function useDeleteCode(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => deleteCode(id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.list }),
  });
}

/** For a code that is gone, once its page is left: while it is open, its page would ask for it again. */
export function useForgetCode(id: string): () => void {
  const client = useQueryClient();
  return () => client.removeQueries({ queryKey: keys.one(id) });
}

function listed(client: QueryClient, id: string): Code | undefined {
  return client
    .getQueriesData<InfiniteData<CodeList>>({ queryKey: keys.list })
    .flatMap(([, list]) => list?.pages ?? [])
    .flatMap(({ items }) => items)
    .find((code) => code.id === id);
}

/** Scans are counted a moment after they happen, so statistics on screen are refetched. */
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

/** A value that has not changed for a while: follows typing without an answer for every key. */
export function useDelayed<T>(value: T, delayMs: number): T {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return delayed;
}
