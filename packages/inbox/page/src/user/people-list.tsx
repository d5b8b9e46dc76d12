import type { ReactElement } from 'react';
import type { FacetValues } from '../../../src/views/lists.ts';
import type { Person } from '../../../src/views/people.ts';
import { ListControls } from '../lists/list-controls.tsx';
import { ListEnd, NoMatch, useList, useListKeys } from '../lists/list-page.tsx';
import { isFiltered, listPath, listView } from '../lists/list-view.ts';
import { countOf } from '../shared/format.ts';
import { Link } from '../shared/links.tsx';
import { hrefWith, type Options, usePlace, userHref } from '../shared/location.ts';
import { Empty, Loading, Time } from '../shared/parts.tsx';

interface PeopleAnswer {
  readonly total: number;
  readonly facets: FacetValues;
  readonly people: readonly Person[];
}

const SORTS: Options = [
  ['', 'Last seen'],
  ['first_seen', 'First seen'],
  ['events', 'Events'],
  ['errors', 'Errors'],
];

/** Everybody with an event or an error. */
export function PeopleList(): ReactElement {
  const view = listView(usePlace().query);
  const loaded = useList<PeopleAnswer>(listPath('/api/people', view));
  useListKeys();
  const isEmpty = loaded.data?.people.length === 0 && !isFiltered(view);
  return (
    <>
      {!isEmpty && (
        <ListControls
          noun="users"
          hint="Id, device or profile"
          view={view}
          facets={loaded.data?.facets}
          sorts={SORTS}
        />
      )}
      <Loading loaded={loaded}>
        {({ total, people }) => {
          if (isEmpty) {
            return (
              <Empty title="No users yet">
                <p>
                  A user appears with the first event or error. Open <a href="http://localhost:3000">the app</a> and
                  sign up.
                </p>
              </Empty>
            );
          }
          if (people.length === 0) {
            return (
              <NoMatch noun="user">
                {view.text.trim() !== '' && (
                  <p>
                    <Link href={userHref(view.text.trim())}>Open the user {view.text.trim()}</Link>
                  </p>
                )}
              </NoMatch>
            );
          }
          return (
            <>
              <ul className="list" aria-label="Users">
                {people.map((person) => (
                  <li key={person.id}>
                    <PersonEntry person={person} />
                  </li>
                ))}
              </ul>
              <ListEnd view={view} shown={people.length} total={total} noun="user" />
            </>
          );
        }}
      </Loading>
    </>
  );
}

function PersonEntry({ person }: { readonly person: Person }): ReactElement {
  const place = usePlace();
  return (
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
  );
}
