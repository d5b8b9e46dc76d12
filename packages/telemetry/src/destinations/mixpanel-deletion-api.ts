/** Returns the path of the deletion API, or of one deletion, below the vendor's application API. */
export function deletionPath(token: string, trackingId = ''): string {
  return `/api/app/data-deletions/v3.0/${encodeURIComponent(trackingId)}?token=${encodeURIComponent(token)}`;
}

/** Reads a reply. The reference shows the number as `task_id` and as `tracking_id`, in an object and in a list. */
export function readDeletion(body: string): { readonly trackingId: string | undefined; readonly status: unknown } {
  try {
    const { results } = JSON.parse(body) as { results?: unknown };
    const [first] = (Array.isArray(results) ? results : [results]) as (Record<string, unknown> | undefined)[];
    const id = first?.['tracking_id'] ?? first?.['task_id'];
    const isId = typeof id === 'string' || typeof id === 'number';
    return { trackingId: isId ? String(id) : undefined, status: first?.['status'] };
  } catch {
    return { trackingId: undefined, status: undefined };
  }
}
