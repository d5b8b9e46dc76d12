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

export interface LexiconProperty {
  readonly type?: string;
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

/** What an entry counts for in the vendor's limits: itself and its properties. */
export function sizeOf({ schemaJson }: LexiconEntry): number {
  return 1 + Object.keys(schemaJson.properties ?? {}).length;
}

/** How an entry is called in what people read. */
export function titleOf({ entityType, name }: Pick<LexiconEntry, 'entityType' | 'name'>): string {
  return entityType === 'event' ? name : `profile ${name}`;
}

export function tagsOf({ schemaJson }: LexiconEntry): readonly string[] {
  return schemaJson.metadata?.['com.mixpanel']?.tags ?? [];
}
