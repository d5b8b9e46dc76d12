import { browserPlan } from '@qr/events/browser';
import { core, truncate } from '@qr/telemetry/internal';
import { redact, stripUrl } from '@qr/telemetry/privacy';

/** The properties that a page may send: `p` without secrets, `u` reduced to origin and path, without secrets, too. */
export type Rules = Readonly<Record<string, 'p' | 'u'>>;

/** More than what is sent of a text, so that a secret is still whole when it is searched for. */
const MAX_SEARCHED = 1024;

/** The rules of an event; `undefined` for one that no page may send. */
export function rulesOfEvent(name: unknown): Rules | undefined {
  const events: Readonly<Record<string, Rules>> = browserPlan.events;
  return typeof name === 'string' && Object.hasOwn(events, name) ? events[name] : undefined;
}

/** The planned values, scrubbed and cut to 255 bytes. What is planned for pages is a single value; an object could hold anything. */
export function plannedValues(
  rules: Rules,
  properties: Readonly<Record<string, unknown>>,
): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]): [string, string | number | boolean][] => {
      const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
      if (rule === undefined || !isScalar(value)) return [];
      if (typeof value !== 'string') return [[key, value]];
      const text = value.slice(0, MAX_SEARCHED);
      const clean = rule === 'u' ? redact(stripUrl(text)) : (core.people.personalIdUnder(key, text) ?? redact(text));
      return [[key, truncate(String(clean))]];
    }),
  );
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
