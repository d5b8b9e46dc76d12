import { consentState, onConsentChange } from '../consent/consent.ts';
import { warnOnce } from '../warn-once.ts';
import { whenLeft } from './leaving.ts';
import { KEPT_KEY, keep } from './left-behind.ts';
import { followPageTrace, handOverRequests, pageTrace } from './page-trace.ts';

/**
 * What the late part needs of the eager one, as an argument instead of an import. An import would make a bundler either put it into a chunk that the
 * page has to fetch before it paints, or let the late chunks import the page's entry: then an error while that is evaluated, the very one to be
 * reported, would keep the SDK from loading.
 */
export const pageParts = {
  consentState,
  onConsentChange,
  pageTrace,
  followPageTrace,
  handOverRequests,
  warnOnce,
  keptKey: KEPT_KEY,
  keep,
  whenLeft,
};

export type PageParts = typeof pageParts;
