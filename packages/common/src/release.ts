import { readFileSync } from 'node:fs';

/**
 * The release of this process: the variable, else the commit that `npm run build` wrote beside the compiled code. From source there is none,
 * and no git is asked at start.
 */
export function releaseOf({ SENTRY_RELEASE: release }: { readonly SENTRY_RELEASE?: string }): string | undefined {
  return release ?? builtRelease(new URL('release.json', import.meta.url));
}

/** Reads what the build wrote; `undefined` where there is nothing usable. */
export function builtRelease(file: URL): string | undefined {
  try {
    const { release } = JSON.parse(readFileSync(file, 'utf8')) as { release?: unknown };
    return typeof release === 'string' && release !== '' ? release : undefined;
  } catch {
    return undefined;
  }
}
