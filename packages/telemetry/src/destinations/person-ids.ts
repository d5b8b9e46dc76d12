import type { PersonIds } from '@qr/delivery';
import type { People } from '../people.ts';

/** Fields of Mixpanel, and one of PostHog, that hold a person's id. Mixpanel reference, identity management. */
const IDENTITY_FIELDS = [
  'distinct_id',
  '$distinct_id',
  '$user_id',
  '$device_id',
  '$identified_id',
  '$anon_id',
  '$anon_distinct_id',
  'alias',
  '$distinct_ids',
  '$group_id',
];
/** These hold an anonymous id without its prefix. */
const DEVICE_FIELDS = new Set<string | undefined>(['$device_id', '$anon_id', undefined]);
const DEVICE_PREFIX = '$device:';

/**
 * Returns where records hold the ids of people: in Mixpanel's identity fields, and in the properties that the plan marks.
 *
 * @param planned names, as sent, of the plan's properties that hold a person's id.
 */
export function personIdsOf(planned: Iterable<string>, people?: Pick<People, 'otherFormsOf'>): PersonIds {
  return {
    fields: [...IDENTITY_FIELDS, ...planned],
    ...(people && { aliasesOf: people.otherFormsOf }),
    // Mixpanel knows a device with the prefix and without.
    otherForms: (id, field) => [
      ...(id.startsWith(DEVICE_PREFIX) ? [id.slice(DEVICE_PREFIX.length)] : []),
      ...(DEVICE_FIELDS.has(field) ? [DEVICE_PREFIX + id] : []),
    ],
  };
}
