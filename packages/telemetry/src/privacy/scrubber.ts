import { createRedact, type RedactParts } from './redact.ts';
import { remember } from './remember.ts';
import { createTextScrubber, type TextScrubberOptions } from './scrub-text.ts';
import { createKeyRules } from './sensitive-keys.ts';

/** What is secret here beyond what the scrubber knows by itself. */
export interface ScrubberOptions {
  /** Further key names whose values are removed, such as `nickname`. They count as whole words, in any casing and with any separators. */
  readonly keys?: readonly string[];
  /**
   * Further shapes to remove from every text. They run on at most 16 KiB at a time; that they take linear time is up to you. One that can match
   * more than 1000 characters may be missed where a longer text is cut.
   */
  readonly patterns?: readonly RegExp[];
  /** Key names whose values stay although they look secret, such as `token_count`. Their texts are still searched for shapes. */
  readonly allow?: readonly string[];
  /** Whether public IP addresses, and keys that hold them, stay in texts and values. @default false */
  readonly keepAddresses?: boolean;
}

/** Removes secrets from texts and from any value. */
export interface Scrubber {
  /** Removes secrets by their shape, anywhere in a text. Never throws; of more than 16 KiB only the beginning comes back, and says so by `…`. */
  scrubText(text: string): string;
  /** A copy of any value without its secrets; never throws. */
  redact(value: unknown): unknown;
  /** {@link Scrubber.redact} with a form of its own for some texts: ids, which may look like card numbers. */
  redactExcept(replace: NonNullable<RedactParts['replace']>): (value: unknown) => unknown;
  /** Options that could not be used as they were, each with what became of it. */
  readonly problems: readonly string[];
}

/**
 * Makes a scrubber. It never throws: an option that makes no sense is left out or repaired, and named in `problems`, so that one wrong
 * pattern does not turn the others off.
 */
export function createScrubber(options: ScrubberOptions = {}): Scrubber {
  const problems: string[] = [];
  const keepAddresses = flag('keepAddresses', options.keepAddresses, problems);
  const keys = createKeyRules({
    keys: names('keys', options.keys, problems),
    allow: names('allow', options.allow, problems),
    keepAddresses,
  });
  const patterns = list('patterns', options.patterns, problems).flatMap((pattern, at) => usable(pattern, at, problems));
  return assemble({ keys, patterns, keepAddresses }, problems);
}

function assemble(options: TextScrubberOptions, problems: readonly string[] = []): Scrubber {
  const scrubText = remember(createTextScrubber(options));
  const parts = { scrubText, isSensitive: options.keys.isSensitive };
  return {
    scrubText: (text) => (typeof text === 'string' ? scrubText(text) : ''),
    redact: createRedact(parts),
    redactExcept: (replace) => createRedact({ ...parts, replace }),
    problems,
  };
}

function usable(pattern: unknown, at: number, problems: string[]): RegExp[] {
  if (!(pattern instanceof RegExp)) {
    problems.push(`scrub.patterns[${at}]: expected a RegExp, got ${kindOf(pattern)}; it is ignored.`);
    return [];
  }
  if (pattern.global && !pattern.sticky) return [pattern];
  problems.push(
    `scrub.patterns[${at}]: expected the flag g and not y, got /${pattern.source}/${pattern.flags}; it is used with g and without y, write it so.`,
  );
  return [new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`)];
}

function names(option: string, value: unknown, problems: string[]): string[] {
  return list(option, value, problems).flatMap((name, at) => {
    if (typeof name === 'string' && /[A-Za-z0-9]/.test(name)) return [name];
    problems.push(
      `scrub.${option}[${at}]: expected a key name with letters or digits, got ${kindOf(name)}; it is ignored.`,
    );
    return [];
  });
}

/** Anything but `true` keeps nothing. */
function flag(option: string, value: unknown, problems: string[]): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true;
  problems.push(`scrub.${option}: expected true or false, got ${kindOf(value)}; addresses are removed.`);
  return false;
}

function list(option: string, value: unknown, problems: string[]): readonly unknown[] {
  if (value === undefined || Array.isArray(value)) return value ?? [];
  problems.push(`scrub.${option}: expected a list, got ${kindOf(value)}; it is ignored.`);
  return [];
}

function kindOf(value: unknown): string {
  if (typeof value === 'string')
    return value === '' ? 'an empty text' : `the text ${JSON.stringify(value.slice(0, 40))}`;
  return value === null ? 'null' : typeof value;
}

// Without the checks of options, which a page needs not carry.
const defaultKeys = createKeyRules();

/** The scrubber without options. */
export const defaultScrubber: Scrubber = assemble({ keys: defaultKeys });

/** {@link Scrubber.scrubText} of the default scrubber. */
export const scrubText = defaultScrubber.scrubText;

/** {@link Scrubber.redact} of the default scrubber. */
export const redact = defaultScrubber.redact;

/** Whether a key names something secret: `password`, `Credit-Card`, `x-api-key`, `sessionToken`; not `token_count` or `author`. */
export const isSensitiveKey: (key: string) => boolean = defaultKeys.isSensitive;
