// Generated from the tracking plan by `npm run generate`; edit the plan instead.

/** The plan for `initSentry` and `initMixpanel` of `@qr/browser`. */
export const pagePlan = {
  pageView: 'page_viewed',
  load: () => import('./browser.ts'),
} as const;
