import { type LexiconEntry, tagsOf, titleOf } from './entry.ts';
import { PLAN_TAG, PLAN_TAG_PREFIXES } from './planned-entries.ts';

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
