import type {} from 'vitest';

/** Compiled into the pages; each server replaces it by the DSN of its own inbox. */
export const PLACEHOLDER_DSN = 'http://page@placeholder.invalid/2';

/** What differs between the pages that the tests use. */
export const pageVariants = {
  usual: {},
  consentRequired: { VITE_CONSENT_MODE: 'required' },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/** One of the pages. */
export type PageVariant = keyof typeof pageVariants;

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the built pages lie, by the name of the variant. */
    fixturePages: string;
  }
}
