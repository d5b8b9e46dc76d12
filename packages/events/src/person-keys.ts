import type { Plan } from './define-plan.ts';
import { isPerson } from './privacy.ts';

/** Returns the names, as sent, of all properties that hold a user's id: in events and in the profile. */
export function personKeys({ events, profile }: Plan): ReadonlySet<string> {
  const schemas = [...Object.values(events).map(({ schema }) => schema), profile];
  return new Set(
    schemas.flatMap(({ properties }) =>
      // The plan's rules allow the mark on plain properties only, which are sent under their own name.
      Object.entries(properties).flatMap(([name, property]) => (isPerson(property) ? [name] : [])),
    ),
  );
}
