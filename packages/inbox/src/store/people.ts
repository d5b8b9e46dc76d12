import type { Contents } from './contents.ts';
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

/** Deletes events, profiles, rejected records and identities of these people, also cleared ones and from the data file. */
export function forgetPeople(store: Store, distinctIds: readonly string[]): void {
  for (const contents of store.everyContents) forgetIn(contents, distinctIds);
  store.announceRemoval();
}

function forgetIn(contents: Contents, distinctIds: readonly string[]): void {
  const { profiles, identity } = contents;
  const isTheirs = belongsTo(contents, distinctIds);
  const profileIds = profiles.list().map(({ distinctId }) => distinctId);
  contents.remove('event', ({ distinctId }) => isTheirs(distinctId));
  contents.remove('profile', (update: StoredProfileUpdate) => update.groupKey === null && isTheirs(update.distinctId));
  contents.remove('rejected', ({ record }) => idsIn(record).some(isTheirs));
  profiles.forget(new Set(profileIds.filter(isTheirs)));
  identity.forget(new Set(distinctIds.map((id) => identity.resolve(id))));
}

function belongsTo({ identity }: Pick<Contents, 'identity'>, distinctIds: readonly string[]): (id: string) => boolean {
  const people = new Set(distinctIds.flatMap((id) => [id, identity.resolve(id)]));
  return (distinctId) => people.has(distinctId) || people.has(identity.resolve(distinctId));
}

/** Whom a refused record was about, as far as it says. */
function idsIn(record: unknown): string[] {
  if (!isJsonObject(record)) return [];
  const properties = isJsonObject(record['properties']) ? record['properties'] : {};
  const ids = [record['$distinct_id'], properties['distinct_id'], properties['$user_id']];
  return ids.filter((id) => typeof id === 'string');
}
