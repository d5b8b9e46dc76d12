import { type Plan, type PrivacyClass, personKeys, privacyOf } from '@qr/plan';
import { createIds, type People, truncate } from '@qr/telemetry/internal';
import { redact, stripUrl } from '@qr/telemetry/privacy';
import type { TObject } from 'typebox';

/** The classes of the properties that a page may send. */
export type Rules = ReadonlyMap<string, PrivacyClass>;

/** What the tracking plan lets pages say. */
export interface PagePlan {
  /** Returns the rules of an event; `undefined` for one that no page may send. */
  rulesOf(event: unknown): Rules | undefined;
  readonly profile: Rules;
  /** Names, as sent, of the properties that hold a person's id. */
  readonly personKeys: ReadonlySet<string>;
  /** Returns the planned values, scrubbed and cut to 255 bytes. What is planned for pages is a single value; an object could hold anything. */
  valuesOf(rules: Rules, properties: Readonly<Record<string, unknown>>): Record<string, string | number | boolean>;
  /** Checks the ids of people and devices. */
  readonly ids: Pick<ReturnType<typeof createIds>, 'sendableIdOf' | 'usableDeviceIdOf'>;
}

/** A page can hold no key to hash with, and what is dropped never leaves. */
const SENT: ReadonlySet<PrivacyClass> = new Set(['plain', 'url', 'verbatim']);
/** More than what is sent of a text, so that a secret is still whole when it is searched for. */
const MAX_SEARCHED = 1024;

/** Reads the rules for pages from the tracking plan. */
export function createPagePlan(plan: Plan, people: People): PagePlan {
  const events = new Map<unknown, Rules>(
    Object.entries(plan.events).flatMap(([name, { surfaces, schema }]) =>
      surfaces.includes('browser') ? [[name, rulesIn(schema)] as const] : [],
    ),
  );
  const cleanText = (key: string, text: string, privacy: PrivacyClass) => {
    if (privacy === 'verbatim') return text;
    return String(privacy === 'url' ? redact(stripUrl(text)) : (people.personalIdUnder(key, text) ?? redact(text)));
  };
  return {
    rulesOf: (event) => events.get(event),
    profile: rulesIn(plan.profile),
    personKeys: personKeys(plan),
    ids: createIds(people),
    valuesOf: (rules, properties) =>
      Object.fromEntries(
        Object.entries(properties).flatMap(([key, value]): [string, string | number | boolean][] => {
          const privacy = rules.get(key);
          if (privacy === undefined || !isScalar(value)) return [];
          if (typeof value !== 'string') return [[key, value]];
          return [[key, truncate(cleanText(key, value.slice(0, MAX_SEARCHED), privacy))]];
        }),
      ),
  };
}

/** Returns rules that let plain values through under these names. */
export function plainRules(names: readonly string[]): Rules {
  return new Map(names.map((name) => [name, 'plain']));
}

function rulesIn({ properties }: TObject): Rules {
  const classes = Object.entries(properties).map(([name, property]) => [name, privacyOf(property)] as const);
  return new Map(classes.filter(([, privacy]) => SENT.has(privacy)));
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
