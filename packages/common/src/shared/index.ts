export type { FilteredContext } from './context-filter.ts';
export { createContextFilter } from './context-filter.ts';
export type { ErrorBody } from './error-body.ts';
export { readErrorBody } from './error-body.ts';
export { redact } from './redact.ts';
export { routePattern } from './route-pattern.ts';
export { REDACTED, scrubText } from './scrub-text.ts';
export { isSensitiveKey } from './sensitive-keys.ts';
export { stripUrl } from './strip-url.ts';
