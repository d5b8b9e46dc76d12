import type { ExportedProperty, PlanExport } from '@qr/plan/documents';
import type { LexiconEntry, LexiconProperty } from './entry.ts';

/** The tag by which an entry of the plan is known to be one. */
export const PLAN_TAG = 'tracking-plan';
/** Tags that begin so are the plan's: another value of them is out of date. */
export const PLAN_TAG_PREFIXES = ['owner:', 'class:'];

/** What the plan would have Lexicon say: each event that goes to Mixpanel, and the profile. */
export function plannedEntries({ events, profile }: PlanExport): LexiconEntry[] {
  return [
    ...Object.entries(events)
      .filter(([, { destinations }]) => destinations.includes('mixpanel'))
      .map(([name, { description, owner, properties }]) =>
        toEntry('event', name, description, properties, [`owner:${owner}`]),
      ),
    toEntry('profile', '$user', 'What may be known of a person.', profile, []),
  ];
}

function toEntry(
  entityType: LexiconEntry['entityType'],
  name: string,
  description: string,
  properties: Readonly<Record<string, ExportedProperty>>,
  tags: readonly string[],
): LexiconEntry {
  const sent = Object.values(properties).flatMap((property) =>
    property.sentAs === undefined ? [] : [[property.sentAs, property] as const],
  );
  const classes = new Set(sent.map(([, { privacy }]) => privacy));
  classes.delete('plain');
  return {
    entityType,
    name,
    schemaJson: {
      description,
      properties: Object.fromEntries(sent.map(([sentAs, property]) => [sentAs, toProperty(property)])),
      metadata: {
        'com.mixpanel': { tags: [PLAN_TAG, ...tags, ...[...classes].sort().map((privacy) => `class:${privacy}`)] },
      },
    },
  };
}

const HOW_IT_LEAVES = {
  plain: '',
  drop: '',
  hash: ' Hashed.',
  url: ' Origin and path only.',
  verbatim: ' Not searched for secrets.',
};

// Lexicon knows neither lists of values nor classes: what is worth knowing of them is said in words.
function toProperty({ type, values, privacy, description }: ExportedProperty): LexiconProperty {
  const oneOf = values ? ` One of: ${values.join(', ')}.` : '';
  return { type, description: `${description}${oneOf}${HOW_IT_LEAVES[privacy]}` };
}
