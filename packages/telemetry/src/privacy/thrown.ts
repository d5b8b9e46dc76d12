import { originOf, urlPattern } from './url-pattern.ts';

/** What can be read of a thrown value; each field may hold anything. */
export interface ThrownFacts {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly code?: unknown;
  /** Of an object. */
  readonly keys?: unknown;
  /** Of a response, with the method of its request. */
  readonly status?: unknown;
  readonly statusText?: unknown;
  readonly method?: unknown;
  readonly url?: unknown;
  readonly cause?: unknown;
  /** Of an `AggregateError`. */
  readonly errors?: unknown;
}

/** What was thrown, as Sentry shows it. */
export interface ThrownText {
  readonly type: string;
  readonly value: string;
}

const MAX_KEYS = 10;

/**
 * Describes a thrown value: an error by its name and message, a response by status, method and URL pattern, anything else by its code and message, or
 * its keys.
 *
 * @param pageUrl of the page where it was thrown, whose origin is left out of the pattern. It stands for the address of a response that has none.
 */
export function describeThrown(facts: ThrownFacts, pageUrl: string): ThrownText {
  const { name, message, stack, code, keys, status, statusText, method, url } = facts;
  if (typeof status === 'number' && typeof statusText === 'string') {
    const address = typeof url === 'string' && url !== '' ? url : pageUrl;
    return {
      type: 'Response',
      value: `${status} ${textOf(method ?? 'GET')} ${urlPattern(address, originOf(pageUrl))}`,
    };
  }
  const type = typeof name === 'string' && name !== '' ? name : 'Error';
  if (message === undefined || message === null) {
    const names = Array.isArray(keys) ? keys.slice(0, MAX_KEYS).map(textOf).sort().join(', ') : '';
    return { type, value: `Object captured as exception with keys: ${names || '[object has no keys]'}` };
  }
  // Of what is no error the code says more than the message.
  const isPlain =
    !stack && (typeof code === 'string' || typeof code === 'number') && Array.isArray(keys) && keys.includes('code');
  return { type, value: isPlain ? `${code}: ${textOf(message)}` : textOf(message) };
}

/** Noise of the browser: a script of another origin, of which it tells no more, and a quirk (https://github.com/w3c/csswg-drafts/issues/5023). */
const NOISE = /^(?:Uncaught )?(?:Script error\.?$|ResizeObserver loop)/;
/** The first address of a stack, or a file. */
const EXTENSION = /^[^/]*(?:-extension|masked-url):/;

/** Whether an error is none of the page's: noise of the browser, or thrown by an extension. */
export function isForeignError({ message, stack }: ThrownFacts, filename = ''): boolean {
  const text = textOf(message);
  return NOISE.test(text) || EXTENSION.test(filename) || EXTENSION.test(textOf(stack ?? '').replace(text, ''));
}

/** Of an object the text may be a function of its own, which may throw. */
function textOf(value: unknown): string {
  return typeof value === 'object' || typeof value === 'function' ? '[object Object]' : String(value);
}
