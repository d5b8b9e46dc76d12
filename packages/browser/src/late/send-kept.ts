import { KEPT_KEY } from '../eager/left-behind.ts';

/** Sends what an earlier page could neither send by an SDK nor as it was left; what fails again is kept. */
export function sendKept(): void {
  const kept = readKept();
  localStorage.removeItem(KEPT_KEY);
  for (const [path, body] of kept) {
    fetch(path, { method: 'POST', body, keepalive: true, headers: { 'content-type': 'text/plain' } })
      .then(({ status }) => {
        if (status >= 500 || status === 429) keepAgain(path, body);
      })
      .catch(() => keepAgain(path, body));
  }
}

function readKept(): readonly (readonly [path: string, body: string])[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT_KEY) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function keepAgain(path: string, body: string): void {
  try {
    localStorage.setItem(KEPT_KEY, JSON.stringify([...readKept(), [path, body]]));
  } catch {
    // Storage is full or blocked.
  }
}
