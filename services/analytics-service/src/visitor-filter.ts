import Type, { type Static } from 'typebox';

// As in the events: names of families and kinds, and codes of countries.
const value = Type.Optional(Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\p{Cc}\\p{Cs}]*$' }));

/** Query parameters that limit scans to visitors of a kind. */
export const visitorFields = { country: value, device: value, browser: value };

/** Of which visitors scans are counted; all of them without. */
export type VisitorFilter = Readonly<Static<ReturnType<typeof Type.Object<typeof visitorFields>>>>;

/** The part of a query that limits visitors. */
export function readVisitors({ country, device, browser }: VisitorFilter): VisitorFilter {
  return {
    ...(country !== undefined && { country }),
    ...(device !== undefined && { device }),
    ...(browser !== undefined && { browser }),
  };
}
