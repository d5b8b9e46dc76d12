import type { TObject } from 'typebox';
import type { Plan } from '../define-plan.ts';
import { type PrivacyClass, privacyOf } from '../privacy.ts';

/**
 * Renders the allow-list of pages as a TypeScript module: names and privacy classes, no schema library. Hashed properties are left out, because a
 * browser can hold no key, and so are dropped ones.
 */
export function renderBrowserPlan(plan: Plan): string {
  const events = Object.entries(plan.events)
    .filter(([, { surfaces }]) => surfaces.includes('browser'))
    .map(([name, { schema }]) => `    ${name}: ${renderProperties(schema)},`);
  return `// Generated from the tracking plan by \`npm run generate\`; edit the plan instead.

/** What the browser may send: for each event its properties, \`p\` without secrets, \`u\` reduced to origin and path, \`v\` as they are. */
export const browserPlan = {
  events: {
${events.join('\n')}
  },
  profile: ${renderProperties(plan.profile)},
  contextKeys: [
${plan.context.map((key) => `    '${key}',`).join('\n')}
  ],
} as const;
`;
}

/**
 * Renders the module that a page passes to `@qr/browser`: the event of page views, which is needed at once, and a function that fetches the
 * allow-list, which is as large as the plan, as a chunk of its own.
 *
 * @param allowList path from this module to the one of {@link renderBrowserPlan}, such as `./browser.ts`.
 */
export function renderPagePlan(plan: Plan, allowList: string): string {
  const pageView = plan.pageView === undefined ? '' : `  pageView: '${plan.pageView}',\n`;
  return `// Generated from the tracking plan by \`npm run generate\`; edit the plan instead.

/** The plan for \`initSentry\` and \`initMixpanel\` of \`@qr/browser\`. */
export const pagePlan = {
${pageView}  load: () => import('${allowList}'),
} as const;
`;
}

const LETTERS: Partial<Record<PrivacyClass, string>> = { plain: 'p', url: 'u', verbatim: 'v' };

function renderProperties(schema: TObject): string {
  const pairs = Object.entries(schema.properties)
    .filter(([, property]) => privacyOf(property) in LETTERS)
    .map(([name, property]) => `${name}: '${LETTERS[privacyOf(property)]}'`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}
