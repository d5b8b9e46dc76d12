import type { ReactElement } from 'react';
import type { StoredProfile } from '../../../src/store/profiles.ts';
import { Facts } from '../shared/facts.tsx';
import { countOf, valueText } from '../shared/format.ts';

/** What is known of a person. */
export function Profile({ profile }: { readonly profile: StoredProfile | null }): ReactElement {
  if (profile === null) return <p className="notice">Without a profile: no $set has arrived for this id.</p>;
  return (
    <section className="card">
      <h3>Profile</h3>
      <Facts facts={Object.entries(profile.properties).map(([name, value]) => [name, valueText(value)] as const)} />
      <p className="muted">{countOf(profile.updates, 'update')}</p>
    </section>
  );
}
