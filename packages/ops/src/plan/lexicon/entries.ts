import type { ExportedProperty, PlanExport } from '@qr/plan/documents';

/**
 * An entry of Mixpanel's Lexicon, with the part of JSON Schema that it takes.
 * https://docs.mixpanel.com/reference/upload-schemas-for-project
 */
export interface LexiconEntry {
  readonly entityType: 'event' | 'profile';
  readonly name: string;
  readonly schemaJson: LexiconSchema;
}

interface LexiconSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, LexiconProperty>>;
  readonly metadata?: {
    readonly 'com.mixpanel'?: { readonly tags?: readonly string[]; readonly [key: string]: unknown };
  };
  readonly [keyword: string]: unknown;
}

interface LexiconProperty {
  readonly type?: string;
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

/** What an entry counts for in the vendor's limits: itself and its properties. */
export function sizeOf({ schemaJson }: LexiconEntry): number {
  return 1 + Object.keys(schemaJson.properties ?? {}).length;
}

/** How an entry is called in what people read. */
function titleOf({ entityType, name }: Pick<LexiconEntry, 'entityType' | 'name'>): string {
  return entityType === 'event' ? name : `profile ${name}`;
}

function tagsOf({ schemaJson }: LexiconEntry): readonly string[] {
  return schemaJson.metadata?.['com.mixpanel']?.tags ?? [];
}

/** The tag by which an entry of the plan is known to be one. */
const PLAN_TAG = 'tracking-plan';
/** Tags that begin so are the plan's: another value of them is out of date. */
const PLAN_TAG_PREFIXES = ['owner:', 'class:'];

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

/** An entry that Lexicon should have, and what is different there. */
interface EntryChange {
  readonly title: string;
  readonly isNew: boolean;
  /** Empty for a new one. */
  readonly differences: readonly string[];
  /** What to upload: the plan's entry, with everything that others put into the one that is there. */
  readonly entry: LexiconEntry;
}

/** What is in Lexicon and not in the plan. */
interface Unplanned {
  readonly title: string;
  readonly entry: LexiconEntry;
  /** Whether it carries the plan's tag, so that it was once uploaded from here. */
  readonly wasPlanned: boolean;
}

export interface LexiconDifference {
  readonly changes: readonly EntryChange[];
  readonly unplanned: readonly Unplanned[];
  readonly unchanged: number;
}

/** Compares what the plan says with what Lexicon says. Only what the plan speaks of is compared. */
export function compareEntries(planned: readonly LexiconEntry[], there: readonly LexiconEntry[]): LexiconDifference {
  const keyOf = ({ entityType, name }: LexiconEntry): string => `${entityType} ${name}`;
  const existing = new Map(there.map((entry) => [keyOf(entry), entry]));
  const changes = planned.flatMap((entry): EntryChange[] => {
    const old = existing.get(keyOf(entry));
    if (!old) return [{ title: titleOf(entry), isNew: true, differences: [], entry }];
    const differences = differencesOf(entry, old);
    return differences.length === 0
      ? []
      : [{ title: titleOf(entry), isNew: false, differences, entry: mergeInto(old, entry) }];
  });
  const plannedKeys = new Set(planned.map(keyOf));
  return {
    changes,
    unplanned: there
      .filter((entry) => !plannedKeys.has(keyOf(entry)))
      .map((entry) => ({ title: titleOf(entry), entry, wasPlanned: tagsOf(entry).includes(PLAN_TAG) })),
    unchanged: planned.length - changes.length,
  };
}

function differencesOf(planned: LexiconEntry, old: LexiconEntry): string[] {
  const { description, properties = {} } = planned.schemaJson;
  const oldProperties = old.schemaJson.properties ?? {};
  const missingTags = tagsOf(planned).filter((tag) => !tagsOf(old).includes(tag));
  const staleTags = tagsOf(old).filter((tag) => isStale(tag, planned));
  return [
    ...(old.schemaJson.description === description ? [] : ['description']),
    ...Object.entries(properties).flatMap(([name, { type, description: text }]) => {
      const property = Object.hasOwn(oldProperties, name) ? oldProperties[name] : undefined;
      if (!property) return [`new property ${name}`];
      const parts = [
        ...(property.type === type ? [] : ['type']),
        ...(property.description === text ? [] : ['description']),
      ];
      return parts.length === 0 ? [] : [`${parts.join(' and ')} of ${name}`];
    }),
    ...(missingTags.length === 0 ? [] : [`new tags ${missingTags.join(', ')}`]),
    ...(staleTags.length === 0 ? [] : [`old tags ${staleTags.join(', ')}`]),
  ];
}

// An upload replaces the entry, so that what others wrote into it has to be in the upload.
function mergeInto(old: LexiconEntry, { entityType, name, schemaJson }: LexiconEntry): LexiconEntry {
  const oldProperties = old.schemaJson.properties ?? {};
  const properties = Object.entries(schemaJson.properties ?? {}).map(
    ([property, schema]) => [property, { ...oldProperties[property], ...schema }] as const,
  );
  const planned = { entityType, name, schemaJson };
  const tags = new Set([...tagsOf(old).filter((tag) => !isStale(tag, planned)), ...tagsOf(planned)]);
  return {
    entityType,
    name,
    schemaJson: {
      ...old.schemaJson,
      ...schemaJson,
      properties: { ...oldProperties, ...Object.fromEntries(properties) },
      metadata: {
        ...old.schemaJson.metadata,
        'com.mixpanel': { ...old.schemaJson.metadata?.['com.mixpanel'], tags: [...tags] },
      },
    },
  };
}

function isStale(tag: string, planned: LexiconEntry): boolean {
  return PLAN_TAG_PREFIXES.some((prefix) => tag.startsWith(prefix)) && !tagsOf(planned).includes(tag);
}
