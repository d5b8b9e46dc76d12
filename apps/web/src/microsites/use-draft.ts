import { useState } from 'react';
import type { MicrositeContent } from '../api/microsites.ts';
import { type SubmitState, useSubmit } from '../forms/use-submit.ts';
import { contentOf, type Draft, type DraftLink, draftOf, fieldNames, isSame, type StoredContent } from './draft.ts';

export interface DraftOptions {
  readonly initial: StoredContent;
  /** Names the form in error reports. */
  readonly action: string;
  readonly store: (content: Required<MicrositeContent>) => Promise<void>;
  /** What else was wanted, once everything is stored. */
  readonly finish?: (() => Promise<void>) | undefined;
}

/** The state of the editor: what was typed, whether it is stored, and what the API says of it. */
export interface DraftState extends SubmitState {
  readonly draft: Draft;
  readonly change: (changes: Partial<Draft>) => void;
  readonly isChanged: boolean;
  /** Complaints stay with their link when it has moved since. */
  readonly errorOf: (link: DraftLink, part: 'label' | 'url') => string | undefined;
}

/** Keeps what is typed, and stores it when it differs from what is stored. */
export function useDraft({ initial, action, store, finish }: DraftOptions): DraftState {
  const [draft, setDraft] = useState<Draft>(() => draftOf(initial));
  const [stored, setStored] = useState(() => contentOf(draft));
  const [sentKeys, setSentKeys] = useState<readonly number[]>([]);
  const content = contentOf(draft);
  const isChanged = !isSame(content, stored);
  const submitState = useSubmit({
    action,
    fields: fieldNames(draft),
    submit: async () => {
      if (isChanged) {
        await store(content);
        setStored(content);
      }
      await finish?.();
    },
  });
  return {
    ...submitState,
    onSubmit: (event) => {
      setSentKeys(draft.links.map(({ key }) => key));
      submitState.onSubmit(event);
    },
    draft,
    change: (changes) => setDraft((current) => ({ ...current, ...changes })),
    isChanged,
    errorOf: ({ key }, part) => submitState.errors[`links.${sentKeys.indexOf(key)}.${part}`],
  };
}
