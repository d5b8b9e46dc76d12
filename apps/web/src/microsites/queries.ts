import { addBreadcrumb } from '@qr/browser';
import {
  type QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import {
  createMicrosite,
  deleteMicrosite,
  findMicrosite,
  listMicrosites,
  type Microsite,
  type MicrositeContent,
  type MicrositeList,
  publishMicrosite,
  unpublishMicrosite,
  updateMicrosite,
} from '../api/microsites.ts';

/** Where the list is kept; one of them is kept below it. */
const LIST_KEY = ['microsites'] as const;

function micrositeKey(id: string): readonly [string, string] {
  return [...LIST_KEY, id];
}

/** One's own, the newest first. `enabled` (default true): whether to ask for them now. */
export function useMicrosites({ enabled = true } = {}): UseQueryResult<MicrositeList> {
  return useQuery({ queryKey: LIST_KEY, queryFn: ({ signal }) => listMicrosites(signal), enabled });
}

export function useMicrosite(id: string): UseQueryResult<Microsite> {
  return useQuery({ queryKey: micrositeKey(id), queryFn: ({ signal }) => findMicrosite(id, signal) });
}

export function useCreateMicrosite(): UseMutationResult<Microsite, Error, MicrositeContent> {
  return useChange('Creating microsite', createMicrosite);
}

export function useSaveMicrosite(id: string): UseMutationResult<Microsite, Error, MicrositeContent> {
  return useChange('Saving microsite', (content: MicrositeContent) => updateMicrosite(id, content), id);
}

export function usePublishMicrosite(id: string): UseMutationResult<Microsite, Error, void> {
  return useChange('Publishing microsite', () => publishMicrosite(id), id);
}

export function useUnpublishMicrosite(id: string): UseMutationResult<Microsite, Error, void> {
  return useChange('Unpublishing microsite', () => unpublishMicrosite(id), id);
}

/** Counts as going on until `leave` has led away: the page of what is gone would ask for it again. */
export function useDeleteMicrosite(id: string, leave: () => Promise<void>): UseMutationResult<void, Error, void> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => {
      addBreadcrumb('Deleting microsite', { microsite_id: id });
      return deleteMicrosite(id);
    },
    onSuccess: async () => {
      await refreshList(client, (items) => items.filter((item) => item.id !== id));
      await leave();
      client.removeQueries({ queryKey: micrositeKey(id) });
    },
  });
}

/** A call that answers with the microsite as it is now. */
function useChange<Input>(message: string, call: (input: Input) => Promise<Microsite>, id?: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: Input) => {
      addBreadcrumb(message, id === undefined ? {} : { microsite_id: id });
      return call(input);
    },
    onSuccess: async (microsite) => {
      await refreshList(client, (items) =>
        items.some(({ id }) => id === microsite.id)
          ? items.map((item) => (item.id === microsite.id ? microsite : item))
          : [microsite, ...items],
      );
      client.setQueryData(micrositeKey(microsite.id), microsite);
    },
  });
}

/** Shows the list as it must be by now, until it has been asked for again. */
async function refreshList(client: QueryClient, change: (items: MicrositeList['items']) => MicrositeList['items']) {
  // An answer that is still on its way may be older than the change.
  await client.cancelQueries({ queryKey: LIST_KEY });
  client.setQueryData<MicrositeList>(LIST_KEY, (list) => list && { ...list, items: change(list.items) });
  void client.invalidateQueries({ queryKey: LIST_KEY, exact: true });
}
