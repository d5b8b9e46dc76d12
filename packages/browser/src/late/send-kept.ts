/** Older ones are given up: nobody looks for an error of last week, and nothing is kept for ever. */
const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;
/** With more the browser refuses a request that may outlive the page. */
const MAX_KEEPALIVE = 60_000;

type Kept = readonly [path: string, body: string, at?: number];

/**
 * Sends what an earlier page could neither send by an SDK nor as it was left, one after the other, and stops where it fails: the rest waits for the next
 * time.
 *
 * @param key where it waits in `localStorage`.
 */
export async function sendKept(key: string): Promise<void> {
  for (let kept = takeFirst(key); kept; kept = takeFirst(key)) {
    // An entry without its time counts from now on.
    const [path, body, at = Date.now()] = kept;
    if (Date.now() - at > MAX_AGE_MS) continue;
    if (await isRefusedForNow(path, body)) return void writeKept(key, [[path, body, at], ...readKept(key)]);
  }
}

/** Deletes what waits, when consent is withdrawn. */
export function forgetKept(key: string): void {
  writeKept(key, []);
}

async function isRefusedForNow(path: string, body: string): Promise<boolean> {
  try {
    const keepalive = new Blob([body]).size < MAX_KEEPALIVE;
    const { status } = await fetch(path, {
      method: 'POST',
      body,
      keepalive,
      headers: { 'content-type': 'text/plain' },
    });
    return status >= 500 || status === 429;
  } catch {
    return true;
  }
}

/** Takes it out before it is sent, so that two tabs do not send it twice. What cannot be taken out would be sent again and again. */
function takeFirst(key: string): Kept | undefined {
  const [first, ...rest] = readKept(key);
  return first && writeKept(key, rest) ? first : undefined;
}

function readKept(key: string): readonly Kept[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? (kept.filter(Array.isArray) as unknown as Kept[]) : [];
  } catch {
    return [];
  }
}

/** Returns false when storage is full or blocked. */
function writeKept(key: string, kept: readonly Kept[]): boolean {
  try {
    if (kept.length > 0) localStorage.setItem(key, JSON.stringify(kept));
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
}
