import Type from 'typebox';

/** Bad records are always named: a sender that does not want to know would lose them. */
export const importQuery = Type.Object({ strict: Type.Literal('1') });

// Looser than what qr-service makes today, so that ids can grow without this service.
export const idParams = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{8,64}$' }) });

// The format refuses days that do not exist, the pattern years that a database does not know.
const day = Type.String({ format: 'date', pattern: '^[12]\\d{3}-', description: 'A day in UTC, such as 2026-03-01.' });

const period = { from: Type.Optional(day), to: Type.Optional(day) };

export const periodQuery = Type.Object(period, { additionalProperties: false });

const interval = Type.Union([Type.Literal('day'), Type.Literal('week'), Type.Literal('month')], { default: 'day' });

const refresh = Type.Boolean({
  default: false,
  description: 'Asked by a page that is open and wants to be up to date: nobody has looked once more.',
});

// As in the events: names of families and kinds, and codes of countries.
const value = Type.Optional(Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\p{Cc}\\p{Cs}]*$' }));

/** Query parameters that limit scans to visitors of a kind. */
const visitorFields = { country: value, device: value, browser: value };

/** Whose scans are counted; those of all visitors by default. */
export type VisitorFilter = Partial<Readonly<Record<keyof typeof visitorFields, string | undefined>>>;

export const exportQuery = Type.Object({ ...period, ...visitorFields }, { additionalProperties: false });

export const statisticsQuery = Type.Object(
  { ...period, interval, refresh, ...visitorFields },
  { additionalProperties: false },
);

const count = Type.Integer();
const shares = Type.Array(Type.Object({ value: Type.String(), scans: count }));
const uniqueVisitors = Type.Integer({
  description:
    'Visitors without bots. Their ids change every day, so that those of several days are those of each day, added up.',
});

export const statisticsReply = Type.Object({
  qrId: Type.String(),
  from: Type.String(),
  to: Type.String(),
  interval: Type.String(),
  timeZone: Type.Literal('UTC'),
  scans: count,
  uniqueVisitors,
  botScans: count,
  series: Type.Array(Type.Object({ start: Type.String(), scans: count, uniqueVisitors })),
  byCountry: shares,
  byDevice: shares,
  byBrowser: shares,
  topDays: Type.Array(Type.Object({ day: Type.String(), scans: count })),
});

export const summaryReply = Type.Object({
  from: Type.String(),
  to: Type.String(),
  scans: count,
  uniqueVisitors,
  series: Type.Array(Type.Object({ start: Type.String(), scans: count })),
  byCode: Type.Array(Type.Object({ qrId: Type.String(), scans: count })),
});

/** The part of a query that limits visitors. */
export function visitorsOf({ country, device, browser }: VisitorFilter): VisitorFilter {
  return { country, device, browser };
}
