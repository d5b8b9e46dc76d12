import { addBreadcrumb } from '@qr/browser';
import { type QueryClient, type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import {
  createMicrosite,
  deleteMicrosite,
  type Microsite,
  type MicrositeContent,
  type MicrositeList,
  publishMicrosite,
  unpublishMicrosite,
  updateMicrosite,
} from '../api/microsites.ts';
import { LIST_KEY, micrositeKey } from './use-microsites.ts';

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
