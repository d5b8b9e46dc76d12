import type { ReactElement } from 'react';
import type { FacetValues } from '../../../src/views/lists.ts';
import type { Person } from '../../../src/views/people.ts';
import { ListPage, NoMatch } from '../lists/list-page.tsx';
import { countOf } from '../shared/format.ts';
import { Link } from '../shared/links.tsx';
import { hrefWith, type Options, usePlace, userHref } from '../shared/location.ts';
import { Empty, Time } from '../shared/parts.tsx';

interface PeopleAnswer {
  readonly total: number;
  readonly facets: FacetValues;
  readonly people: readonly Person[];
}

const SORTS: Options = { '': 'Last seen', first_seen: 'First seen', events: 'Events', errors: 'Errors' };

/** Everybody with an event or an error. */
export function PeopleList(): ReactElement {
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
