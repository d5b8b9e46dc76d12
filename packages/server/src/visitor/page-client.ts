import Bowser from 'bowser';

/** The contexts by which Sentry shows and filters errors of pages. Absent where the user agent does not say. */
export interface ClientContexts {
  readonly browser?: { readonly name: string; readonly version?: string };
  readonly os?: { readonly name: string; readonly version?: string };
}

export type ReadClient = (header: string | undefined) => ClientContexts;

/** Longer ones are cut: parsing costs time by the character. */
const MAX_LENGTH = 512;
// The text comes from a stranger: only these names leave.
const SYSTEMS: ReadonlySet<string> = new Set([
  ...['Windows', 'Windows Phone', 'macOS', 'iOS', 'Android', 'Chrome OS', 'Linux', 'Tizen', 'webOS', 'HarmonyOS'],
  ...['PlayStation 4', 'Roku', 'Bada', 'BlackBerry', 'Xbox'],
]);
/** Major and minor version. */
const VERSION = /^\d{1,4}(?:\.\d{1,4})?/;

/**
 * Returns the function that reads the browser and the operating system of a page out of the `User-Agent` header of its request.
 *
 * @param browsers the families that are named. The text comes from a stranger: no other name leaves.
 */
export function createReadClient(browsers: readonly string[]): ReadClient {
  const listed = new Set(browsers);
  return (header) => clientContextsOf(header, listed);
}

function clientContextsOf(header: string | undefined, listed: ReadonlySet<string>): ClientContexts {
  const text = (header ?? '').slice(0, MAX_LENGTH);
  // The parser refuses an empty text.
  if (text.trim() === '') return {};
  const { browser, os } = Bowser.parse(text);
  return {
    ...(browser.name && listed.has(browser.name) && { browser: named(browser.name, browser.version) }),
    ...(os.name && SYSTEMS.has(os.name) && { os: named(os.name, os.version) }),
  };
}

function named(name: string, version: string | undefined) {
  const [number] = VERSION.exec(version ?? '') ?? [];
  return { name, ...(number !== undefined && { version: number }) };
}
