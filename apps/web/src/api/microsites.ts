import { request } from './request.ts';

export interface MicrositeLink {
  readonly label: string;
  readonly url: string;
}

export interface Microsite {
  readonly id: string;
  /** The last part of its address; cannot be changed, as it may have been printed. */
  readonly slug: string;
  readonly title: string;
  readonly description: string | null;
  readonly links: readonly MicrositeLink[];
  readonly status: 'draft' | 'published';
  readonly hasUnpublishedChanges: boolean;
  /** Where visitors see it, once it is published. */
  readonly url: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly publishedAt: string | null;
}

export interface MicrositeContent {
  readonly title: string;
  readonly description?: string;
  readonly links: readonly MicrositeLink[];
}

export interface MicrositeList {
  readonly items: readonly Microsite[];
  readonly total: number;
  readonly nextCursor: string | null;
}

/** The newest. */
export function listMicrosites(signal: AbortSignal): Promise<MicrositeList> {
  return request('/microsites?limit=100', { signal });
}

export function findMicrosite(id: string, signal: AbortSignal): Promise<Microsite> {
  return request(micrositePath(id), { signal });
}

export function createMicrosite(content: MicrositeContent): Promise<Microsite> {
  return request('/microsites', { method: 'POST', body: content });
}

export function updateMicrosite(
  id: string,
  changes: Partial<Omit<MicrositeContent, 'description'>> & { readonly description?: string | null },
): Promise<Microsite> {
  return request(micrositePath(id), { method: 'PATCH', body: changes });
}

/** Shows what is stored to everyone. */
export function publishMicrosite(id: string): Promise<Microsite> {
  return request(`${micrositePath(id)}/publish`, { method: 'POST' });
}

/** Takes it away from everyone but its owner. */
export function unpublishMicrosite(id: string): Promise<Microsite> {
  return request(`${micrositePath(id)}/unpublish`, { method: 'POST' });
}

export async function deleteMicrosite(id: string): Promise<void> {
  await request(micrositePath(id), { method: 'DELETE' });
}

function micrositePath(id: string): string {
  return `/microsites/${encodeURIComponent(id)}`;
}
