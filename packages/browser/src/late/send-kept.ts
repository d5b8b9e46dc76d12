/**
 * Sends what an earlier page could neither send by an SDK nor as it was left; what fails again is kept.
 *
 * @param key where it waits in `localStorage`.
 */
export function sendKept(key: string): void {
  const kept = readKept(key);
  // Where storage is blocked there is nothing to read, and removing would throw.
  if (kept.length > 0) localStorage.removeItem(key);
  for (const [path, body] of kept) {
    fetch(path, { method: 'POST', body, keepalive: true, headers: { 'content-type': 'text/plain' } })
      .then(({ status }) => {
        if (status >= 500 || status === 429) keepAgain(key, path, body);
      })
      .catch(() => keepAgain(key, path, body));
  }
}

function readKept(key: string): readonly (readonly [path: string, body: string])[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function keepAgain(key: string, path: string, body: string): void {
  try {
    localStorage.setItem(key, JSON.stringify([...readKept(key), [path, body]]));
  } catch {
    // Storage is full or blocked.
  }
}
