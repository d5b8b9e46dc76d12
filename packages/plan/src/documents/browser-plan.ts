import type { TObject } from 'typebox';
import type { Plan } from '../define-plan.ts';
import { type PrivacyClass, privacyOf } from '../privacy.ts';

/**
 * Renders the plan as a TypeScript module for pages: names and privacy classes, no schema library. Hashed properties are left out, because a
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

const LETTERS: Partial<Record<PrivacyClass, string>> = { plain: 'p', url: 'u', verbatim: 'v' };

function renderProperties(schema: TObject): string {
  const pairs = Object.entries(schema.properties)
    .filter(([, property]) => privacyOf(property) in LETTERS)
    .map(([name, property]) => `${name}: '${LETTERS[privacyOf(property)]}'`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}
