import type { MicrositeContent, MicrositeLink } from '../api/microsites.ts';
import { completeWebAddress } from '../forms/web-address.ts';

/** What the API accepts, in characters; links by number. */
export const LIMITS = { title: 120, description: 300, label: 80, url: 2048, links: 50 } as const;

/** What a draft begins with. */
export type StoredContent = Omit<MicrositeContent, 'description'> & { readonly description?: string | null };

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

export function draftOf({ title, description, links }: StoredContent): Draft {
  return { title, description: description ?? '', links: links.map((link) => ({ ...link, key: newKey() })) };
}

/** What is sent: the API takes lines, which people break and indent. */
export function contentOf({ title, description, links }: Draft): Required<MicrositeContent> {
  return {
    title: oneLine(title),
    description: oneLine(description),
    links: links.map(({ label, url }) => ({ label: oneLine(label), url: completeWebAddress(url) })),
  };
}

export function isSame(one: MicrositeContent, other: MicrositeContent): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The fields of a draft by the names that the API gives them. */
export function fieldNames({ links }: Draft): string[] {
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
