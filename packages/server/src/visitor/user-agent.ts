import { BROWSERS } from '@qr/events';
import Bowser from 'bowser';
import { isbot } from 'isbot';
import { LRUCache } from 'lru-cache';
import { namesTablet, withoutModel } from './android-model.ts';

/** What a user agent says of itself, in kinds. */
export interface UserAgent {
  readonly device_type: 'mobile' | 'tablet' | 'desktop' | 'bot' | 'unknown';
  /** Family; `other` for one that is not listed, and `unknown` without a user agent. */
  readonly browser: BrowserName;
  readonly is_bot: boolean;
}

/** Longer ones are cut: honest ones are far shorter, and parsing costs time by the character. */
const MAX_LENGTH = 512;
/** Parsing takes some 40 us and thousands of visitors share one user agent; up to 1 KB each. */
const MAX_REMEMBERED = 2000;

const DEVICE_TYPES: Readonly<Record<string, UserAgent['device_type']>> = {
  mobile: 'mobile',
  tablet: 'tablet',
  desktop: 'desktop',
};
/** The text comes from a stranger: only these names leave. */
const LISTED: ReadonlySet<string> = new Set(BROWSERS);
type BrowserName = (typeof BROWSERS)[number];

/** Makes the function that reads user agents, which remembers the most recent ones. */
export function createReadUserAgent(): (header: string | undefined) => UserAgent {
  const remembered = new LRUCache<string, UserAgent>({ max: MAX_REMEMBERED });
  return (header) => {
    const text = (header ?? '').slice(0, MAX_LENGTH);
    let known = remembered.get(text);
    if (known === undefined) {
      known = parse(text);
      remembered.set(text, known);
    }
    return known;
  };
}

function parse(text: string): UserAgent {
  // The parser refuses an empty text.
  if (text.trim() === '') return { device_type: 'unknown', browser: 'unknown', is_bot: false };
  const { browser, platform } = Bowser.parse(text);
  // Some phones are called `M bot` or `Discovery`, and no program hides in the place of the model.
  const isBot = isbot(withoutModel(text));
  return {
    device_type: isBot ? 'bot' : deviceType(text, platform.type),
    browser: listed(browser.name),
    is_bot: isBot,
  };
}

function deviceType(text: string, type: string | undefined): UserAgent['device_type'] {
  return namesTablet(text) ? 'tablet' : (DEVICE_TYPES[type ?? ''] ?? 'unknown');
}

function listed(name: string | undefined): BrowserName {
  return name !== undefined && LISTED.has(name) ? (name as BrowserName) : 'other';
}
