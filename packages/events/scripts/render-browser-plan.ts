import { type Plan, type PrivacyClass, privacyOf } from '@qr/events';
import type { TObject } from 'typebox';

/**
 * The plan as the browser needs it at run time: names and classes, no schema library.
 * Hashed properties are left out (a browser can hold no key), and so are dropped ones.
 */
export function renderBrowserPlan(plan: Plan, contextKeys: readonly string[]): string {
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
${contextKeys.map((key) => `    '${key}',`).join('\n')}
  ],
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
