import { useState } from 'react';
import type { MicrositeContent, MicrositeLink } from '../api/microsites.ts';
import { type SubmitState, useSubmit } from '../forms/use-submit.ts';
import { completeWebAddress } from '../forms/web-address.ts';

export interface DraftOptions {
  readonly initial: StoredContent;
  /** Names the form in error reports. */
  readonly action: string;
  readonly store: (content: Required<MicrositeContent>) => Promise<void>;
  /** What else was wanted, once everything is stored. */
  readonly finish?: (() => Promise<void>) | undefined;
}

/** The state of the editor: what was typed, whether it is stored, and what the API says of it. */
interface DraftState extends SubmitState {
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

/** What the API accepts, in characters; links by number. */
export const LIMITS = { title: 120, description: 300, label: 80, url: 2048, links: 50 } as const;

/** What a draft begins with. */
type StoredContent = Omit<MicrositeContent, 'description'> & { readonly description?: string | null };

/** A link that is being edited. */
export interface DraftLink extends MicrositeLink {
  /** Stays with it when links change places. */
  readonly key: number;
}

/** A microsite that is being edited. */
export interface Draft {
  readonly title: string;
  readonly description: string;
  readonly links: readonly DraftLink[];
}

let lastKey = 0;

function draftOf({ title, description, links }: StoredContent): Draft {
  return { title, description: description ?? '', links: links.map((link) => ({ ...link, key: newKey() })) };
}

/** What is sent: the API takes lines, which people break and indent. */
function contentOf({ title, description, links }: Draft): Required<MicrositeContent> {
  return {
    title: oneLine(title),
    description: oneLine(description),
    links: links.map(({ label, url }) => ({ label: oneLine(label), url: completeWebAddress(url) })),
  };
}

function isSame(one: MicrositeContent, other: MicrositeContent): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The fields of a draft by the names that the API gives them. */
function fieldNames({ links }: Draft): string[] {
  return [
    'title',
    'description',
    'links',
    ...links.flatMap((_, index) => [`links.${index}.label`, `links.${index}.url`]),
  ];
}

export function addLink(links: readonly DraftLink[]): DraftLink[] {
  return [...links, { key: newKey(), label: '', url: '' }];
}

/** @param to where it is found afterwards. */
export function moveLink(links: readonly DraftLink[], from: number, to: number): DraftLink[] {
  const others = links.toSpliced(from, 1);
  return others.toSpliced(to, 0, ...links.slice(from, from + 1));
}

/** Never one that was there before: a complaint of a link that is gone must not pass to the next. */
function newKey(): number {
  lastKey += 1;
  return lastKey;
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
