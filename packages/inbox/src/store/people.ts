import type { StoredProfile } from './profiles.ts';
import { isJsonObject, type StoredEvent, type StoredProfileUpdate } from './records.ts';
import type { Store } from './store.ts';

/** All that Mixpanel would hold about some people. */
export interface PersonalData {
  readonly events: readonly StoredEvent[];
  readonly profiles: readonly StoredProfile[];
}

/** Everything of these people; what their devices did before they logged in is theirs too. */
export function dataOfPeople(store: Store, distinctIds: readonly string[]): PersonalData {
  const isTheirs = belongsTo(store, distinctIds);
  return {
    events: [...store.of('event')].filter(({ distinctId }) => isTheirs(distinctId)),
    profiles: store.profiles.list().filter(({ groupKey, distinctId }) => groupKey === null && isTheirs(distinctId)),
  };
}

/** Deletes events, profiles, rejected records and identities of these people, from the data file as well. */
export function forgetPeople(store: Store, distinctIds: readonly string[]): void {
  const isTheirs = belongsTo(store, distinctIds);
  const profileIds = store.profiles.list().map(({ distinctId }) => distinctId);
  store.remove('event', ({ distinctId }) => isTheirs(distinctId));
  store.remove('profile', (update: StoredProfileUpdate) => update.groupKey === null && isTheirs(update.distinctId));
  store.remove('rejected', ({ record }) => idsIn(record).some(isTheirs));
  store.profiles.forget(new Set(profileIds.filter(isTheirs)));
  store.identity.forget(new Set(distinctIds.map((id) => store.identity.resolve(id))));
  store.announceRemoval();
}

function belongsTo(store: Store, distinctIds: readonly string[]): (distinctId: string) => boolean {
  const people = new Set(distinctIds.flatMap((id) => [id, store.identity.resolve(id)]));
  return (distinctId) => people.has(distinctId) || people.has(store.identity.resolve(distinctId));
}

/** Whom a refused record was about, as far as it says. */
function idsIn(record: unknown): string[] {
  if (!isJsonObject(record)) return [];
  const properties = isJsonObject(record['properties']) ? record['properties'] : {};
  const ids = [record['$distinct_id'], properties['distinct_id'], properties['$user_id']];
  return ids.filter((id) => typeof id === 'string');
}
