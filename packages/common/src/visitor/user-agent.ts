import Bowser from 'bowser';
import { LRUCache } from 'lru-cache';

/** What a user agent says of itself, in kinds. */
export interface UserAgent {
  readonly device_type: 'mobile' | 'tablet' | 'desktop' | 'bot' | 'unknown';
  /** Family, or `unknown`. */
  readonly browser: string;
  readonly is_bot: boolean;
}

/** Longer ones are cut: honest ones are far shorter, and parsing costs time by the character. */
const MAX_LENGTH = 512;
/** Parsing takes some 20 us and thousands of visitors share one user agent; up to 1 KB each. */
const MAX_REMEMBERED = 2000;

const DEVICE_TYPES: Readonly<Record<string, UserAgent['device_type']>> = {
  mobile: 'mobile',
  tablet: 'tablet',
  desktop: 'desktop',
  bot: 'bot',
};

// For the many crawlers and link previews that the parser takes for a browser or does not know.
const BOT = /bot\b|crawl|spider|slurp|preview|facebookexternalhit|headless|curl\/|wget\/|python-|node-fetch|okhttp/i;

const remembered = new LRUCache<string, UserAgent>({ max: MAX_REMEMBERED });

/** Kind of device, browser family, and whether it says that it is a program. */
export function readUserAgent(header: string | undefined): UserAgent {
  const text = (header ?? '').slice(0, MAX_LENGTH);
  let known = remembered.get(text);
  if (known === undefined) {
    known = parse(text);
    remembered.set(text, known);
  }
  return known;
}

function parse(text: string): UserAgent {
  // The parser refuses an empty text.
  const { browser, platform } = text.trim() === '' ? { browser: {}, platform: {} } : Bowser.parse(text);
  const isBot = platform.type === 'bot' || BOT.test(text);
  return {
    device_type: isBot ? 'bot' : (DEVICE_TYPES[platform.type ?? ''] ?? 'unknown'),
    browser: browser.name || 'unknown',
    is_bot: isBot,
  };
}
