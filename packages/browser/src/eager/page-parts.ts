import { consentState, onConsentChange } from './consent.ts';
import { KEPT_KEY, keep, leaveBehind, whenLeft } from './leaving.ts';
import { page, warnOnce } from './page-state.ts';

/**
 * What the lanes and the late part need of the eager one, as an argument instead of an import. An import would make a bundler either put it into a chunk that the
 * page has to fetch before it paints, or let the late chunks import the page's entry: then an error while that is evaluated, the very one to be
 * reported, would keep the SDK from loading.
 */
export const pageParts = {
  page,
  consentState,
  onConsentChange,
  warnOnce,
  keptKey: KEPT_KEY,
  keep,
  leaveBehind,
  whenLeft,
};

export type PageParts = typeof pageParts;
