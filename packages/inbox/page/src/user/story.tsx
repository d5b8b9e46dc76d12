import type { ReactElement } from 'react';
import type { PersonDetail } from '../../../src/views/people.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { Back } from '../shared/back.tsx';
import { Empty } from '../shared/empty.tsx';
import { countText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { Loading } from '../shared/loading.tsx';
import { hrefOf, hrefWith, usePlace } from '../shared/location.ts';
import { liveHref } from '../shared/paths.ts';
import { useJson } from '../shared/use-json.ts';
import { Profile } from './profile.tsx';
import { SessionSection } from './session-section.tsx';
import { toSessions } from './sessions.ts';

/** More than these are counted only. */
const LINKED_IDS = 5;

/** Everything that one person did and met, in order. */
export function Story({ id }: { readonly id: string }): ReactElement {
  const place = usePlace();
  const revision = useFeedPart((feed) => feed.revision);
  const loaded = useJson<PersonDetail>(hrefOf('/api/person', { id }), revision);
  return (
    <>
      <Back href={hrefWith(place, { id: null })}>All users</Back>
      <Loading loaded={loaded}>
        {(person) => (
          <>
            <h2>{person.id}</h2>
            {person.id !== id && <p className="notice">{id} is a device of this user.</p>}
            <p className="links">
              <Link className="button" href={liveHref({ user: person.id })}>
                View in Live
              </Link>
            </p>
            {person.linkedIds.length > 0 && (
              <p className="notice">
                Also known as {person.linkedIds.slice(0, LINKED_IDS).join(', ')}
                {person.linkedIds.length > LINKED_IDS && ` and ${countText(person.linkedIds.length - LINKED_IDS)} more`}
                .
              </p>
            )}
            <Profile profile={person.profile} />
            {person.omitted > 0 && <p className="notice">{countText(person.omitted)} earlier records are left out.</p>}
            {toSessions(person.records).map((session, index) => (
              <SessionSection key={session.from} session={session} number={index + 1} />
            ))}
            {person.records.length === 0 && (
              <Empty title="No records of this user">
                <p>Check the id. The records may have been evicted by later ones.</p>
              </Empty>
            )}
          </>
        )}
      </Loading>
    </>
  );
}
