import Bowser from 'bowser';

/** The program behind a request, as far as its `User-Agent` header names it. */
export interface UserAgent {
  readonly browser: string | null;
  readonly browserVersion: string | null;
  readonly os: string | null;
  readonly osVersion: string | null;
}

/** The vendor reads no more of the header either. */
const MAX_LENGTH = 500;
const UNKNOWN: UserAgent = { browser: null, browserVersion: null, os: null, osVersion: null };

/** Reads a `User-Agent` header. What it does not name is null. */
export function readUserAgent(header: string | null): UserAgent {
  if (header === null || header.trim() === '') return UNKNOWN;
  const { browser, os } = Bowser.parse(header.slice(0, MAX_LENGTH));
  return {
    browser: browser.name || null,
    browserVersion: browser.version || null,
    os: os.name || null,
    osVersion: os.versionName || os.version || null,
  };
}
