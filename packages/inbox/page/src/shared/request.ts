/**
 * Asks the inbox.
 * @throws Error with the sentence that it answers with.
 */
export async function request<T>(path: string, options: RequestInit = {}): Promise<T> {
  const response = await fetch(path, options);
  const body: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (response.ok) return body as T;
  const { message } = (body ?? {}) as { message?: unknown };
  throw new Error(typeof message === 'string' ? message : `The inbox answered ${response.status}.`);
}

export function postJson<T>(path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return request(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

export async function remove(path: string): Promise<void> {
  await request(path, { method: 'DELETE' });
}
