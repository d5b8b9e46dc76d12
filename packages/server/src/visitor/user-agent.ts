import Bowser from 'bowser';
import { isbot } from 'isbot';
import { LRUCache } from 'lru-cache';
import { namesTablet, withoutModel } from './android-model.ts';

/** What a user agent says of itself, in kinds. */
export interface UserAgent<B extends string = string> {
  readonly device_type: 'mobile' | 'tablet' | 'desktop' | 'bot' | 'unknown';
  /** Family; `other` for one that is not listed, and `unknown` without a user agent. */
  readonly browser: B | 'other' | 'unknown';
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
/**
 * Returns the function that reads user agents, which remembers the most recent ones.
 *
 * @param browsers the families that are named. The text comes from a stranger: no other name leaves.
 */
export function createReadUserAgent<B extends string>(
  browsers: readonly B[],
): (header: string | undefined) => UserAgent<B> {
  const remembered = new LRUCache<string, UserAgent<B>>({ max: MAX_REMEMBERED });
  const listed = new Map<string | undefined, B>(browsers.map((name) => [name, name]));
  return (header) => {
    const text = (header ?? '').slice(0, MAX_LENGTH);
    let known = remembered.get(text);
    if (known === undefined) {
      known = parse(text, listed);
      remembered.set(text, known);
    }
    return known;
  };
}

function parse<B extends string>(text: string, listed: ReadonlyMap<string | undefined, B>): UserAgent<B> {
  // The parser refuses an empty text.
  if (text.trim() === '') return { device_type: 'unknown', browser: 'unknown', is_bot: false };
  const { browser, platform } = Bowser.parse(text);
  // Some phones are called `M bot` or `Discovery`, and no program hides in the place of the model.
  const isBot = isbot(withoutModel(text));
  return {
    device_type: isBot ? 'bot' : deviceType(text, platform.type),
    browser: listed.get(browser.name) ?? 'other',
    is_bot: isBot,
  };
}

function deviceType(text: string, type: string | undefined): UserAgent['device_type'] {
  return namesTablet(text) ? 'tablet' : (DEVICE_TYPES[type ?? ''] ?? 'unknown');
}
