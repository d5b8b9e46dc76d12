import type { ReactElement } from 'react';
import type { StoredProfile } from '../../../src/store/profiles.ts';
import type { FacetValues } from '../../../src/views/lists.ts';
import type { Person, PersonDetail, StoryRecord } from '../../../src/views/people.ts';
import { ListPage, NoMatch } from '../lists/list-page.tsx';
import { useLiveJson } from '../shared/feed.tsx';
import { countOf, countText, durationText, valueText } from '../shared/format.ts';
import {
  Back,
  ButtonLink,
  hrefOf,
  hrefWith,
  Link,
  liveHref,
  type Options,
  usePlace,
  userHref,
} from '../shared/location.tsx';
import { Empty, Facts, Loading, Time } from '../shared/parts.tsx';
import { RecordLink } from '../shared/records.tsx';

/** Who has been here, or the story of one of them. */
export function UserTab(): ReactElement {
  const id = usePlace().query.get('id');
  // A key of its own: what one opens begins at its top, wherever the list was scrolled to.
  return (
    <div key={id} className="sheet">
      {id === null ? <PeopleList /> : <Story id={id} />}
    </div>
  );
}

/** More than these are counted only. */
const LINKED_IDS = 5;

/** Everything that one person did and met, in order. */
function Story({ id }: { readonly id: string }): ReactElement {
  const place = usePlace();
  const loaded = useLiveJson<PersonDetail>(hrefOf('/api/person', { id }));
  return (
    <>
      <Back href={hrefWith(place, { id: null })}>All users</Back>
      <Loading loaded={loaded}>
        {(person) => (
          <>
            <h2>{person.id}</h2>
            {person.id !== id && <p className="notice">{id} is a device of this user.</p>}
            <p className="links">
              <ButtonLink href={liveHref({ user: person.id })}>View in Live</ButtonLink>
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

/** What is known of a person. */
function Profile({ profile }: { readonly profile: StoredProfile | null }): ReactElement {
  if (profile === null) return <p className="notice">Without a profile: no $set has arrived for this id.</p>;
  return (
    <section className="card">
      <h3>Profile</h3>
      <Facts facts={Object.entries(profile.properties).map(([name, value]) => [name, valueText(value)] as const)} />
      <p className="muted">{countOf(profile.updates, 'update')}</p>
    </section>
  );
}

function SessionSection({ session, number }: { readonly session: Session; readonly number: number }): ReactElement {
  const { from, to, records } = session;
  const errors = records.filter(({ kind }) => kind === 'error').length;
  return (
    <section className="session">
      <h3>
        Session {number} <Time at={from} />
        <span className="muted">
          {durationText(to - from)}, {countOf(records.length, 'record')}
          {errors > 0 && <span className="bad">, {countOf(errors, 'error')}</span>}
        </span>
      </h3>
      <ol className="list">
        {records.map((record) => (
          <li key={record.id}>
            <RecordLink record={record} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What a person did without a longer break. */
interface Session {
  readonly from: number;
  readonly to: number;
  readonly records: readonly StoryRecord[];
}

const GAP_MS = 30 * 60_000;

/** Cuts a story, which is in order of time, wherever nothing happened for 30 minutes. */
export function toSessions(records: readonly StoryRecord[]): Session[] {
  const sessions: { from: number; to: number; records: StoryRecord[] }[] = [];
  for (const record of records) {
    const last = sessions.at(-1);
    if (last !== undefined && record.time - last.to < GAP_MS) {
      last.records.push(record);
      last.to = record.time;
    } else sessions.push({ from: record.time, to: record.time, records: [record] });
  }
  return sessions;
}

interface PeopleAnswer {
  readonly total: number;
  readonly facets: FacetValues;
  readonly people: readonly Person[];
}

const SORTS: Options = { '': 'Last seen', first_seen: 'First seen', events: 'Events', errors: 'Errors' };

/** Everybody with an event or an error. */
function PeopleList(): ReactElement {
  return (
    <ListPage<PeopleAnswer>
      noun="user"
      hint="Id, device or profile"
      sorts={SORTS}
      path="/api/people"
      hasNone={({ people }) => people.length === 0}
      none={
        <Empty title="No users yet">
          <p>
            A user appears with the first event or error. Open <a href="http://localhost:3000">the app</a> and sign up.
          </p>
        </Empty>
      }
      noMatch={(_answer, { text }) => (
        <NoMatch noun="user">
          {text.trim() !== '' && (
            <p>
              <Link href={userHref(text.trim())}>Open the user {text.trim()}</Link>
            </p>
          )}
        </NoMatch>
      )}
    >
      {({ people }) => people.map((person) => <PersonEntry key={person.id} person={person} />)}
    </ListPage>
  );
}

function PersonEntry({ person }: { readonly person: Person }): ReactElement {
  const place = usePlace();
  return (
    <li>
      <Link className="entry" href={hrefWith(place, { id: person.id })}>
        <strong className="title">{person.id}</strong>
        <span className="about">
          <span>{countOf(person.events, 'event')}</span>
          {person.errors > 0 && <span className="bad">{countOf(person.errors, 'error')}</span>}
          <span>
            First seen <Time at={person.firstSeen} />
          </span>
        </span>
        <Time at={person.lastSeen} />
      </Link>
    </li>
  );
}
