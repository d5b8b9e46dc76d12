/** The release that has been reloaded for, so that one which cannot be had does not reload for ever. */
const RELOADED_KEY = 'reloaded-from';

/** What the server says about the release that this page is of. */
export type ReleaseState = 'current' | 'replaced' | 'unreachable';

/** Asks the server whether it still serves the script that this page was started with; its name changes with its content. */
export async function releaseState(): Promise<ReleaseState> {
  try {
    const response = await fetch('/', { cache: 'no-store', headers: { accept: 'text/html' } });
    // A server in trouble says nothing of its release.
    if (!response.ok) return 'current';
    return (await response.text()).includes(entryScript()) ? 'current' : 'replaced';
  } catch {
    return 'unreachable';
  }
}

/** Reloads the page to get the new release, once for each release. Returns false when that was done before, or cannot be remembered. */
export function reloadOnce(): boolean {
  try {
    if (sessionStorage.getItem(RELOADED_KEY) === entryScript()) return false;
    sessionStorage.setItem(RELOADED_KEY, entryScript());
  } catch {
    return false;
  }
  location.reload();
  return true;
}

function entryScript(): string {
  return document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? '';
}
