import { pathToFileURL } from 'node:url';
import { EVENT_NAME } from '../event.mjs';
import { libraryPath } from '../library-path.mjs';

/** `@qr/common`, as built. */
export const limits = { window: 20_000, events: 100_000 };

/** How long one flush may take; the caller repeats it. */
const FLUSH_TIMEOUT_MS = 5000;
let library;

export async function start(url, { spoolDir, isQuiet }) {
  Object.assign(process.env, {
    MIXPANEL_API_HOST: url,
    OBSERVABILITY_SPOOL_DIR: spoolDir,
    OBSERVABILITY_FLUSH_INTERVAL_MS: isQuiet ? '60000' : '1000',
    PII_HASH_KEY: 'a key of the benchmark, 32 characters',
  });
  library = await import(pathToFileURL(libraryPath).href);
  library.initializeMixpanel('benchmark-token');
}

export function track({ visitor, properties }) {
  library.trackEvent(EVENT_NAME, visitor, properties);
}

export const flush = () => library.flushObservability(FLUSH_TIMEOUT_MS);
export const close = () => library.closeObservability(FLUSH_TIMEOUT_MS);
/** What the library says of itself, kept beside the receiver's count. */
export const stats = () => library.observabilityStats().lanes.import;
