import type { ExportedEvent, ExportedProperty, PlanExport } from '@qr/plan/documents';

/** A plan of what a test is about. */
export function planOf(
  events: Readonly<Record<string, Partial<ExportedEvent>>>,
  profile: Readonly<Record<string, ExportedProperty>> = {},
): PlanExport {
  return {
    events: Object.fromEntries(
      Object.entries(events).map(([name, event]) => [
        name,
        {
          description: `${name} happened.`,
          owner: 'product',
          surfaces: ['server'],
          destinations: ['mixpanel'],
          properties: {},
          ...event,
        },
      ]),
    ),
    profile,
  };
}

/** A plain optional text, unless told otherwise. */
export function property(options: Partial<ExportedProperty> = {}): ExportedProperty {
  return { description: 'A text.', type: 'string', isRequired: false, privacy: 'plain', sentAs: 'text', ...options };
}
