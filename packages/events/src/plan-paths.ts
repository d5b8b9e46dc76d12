/** Where the documents of the plan are, from the root of the repository. */
export const planPaths = { document: 'MIXPANEL_EVENTS_TRACKING.md', data: 'packages/events/plan.json' } as const;
