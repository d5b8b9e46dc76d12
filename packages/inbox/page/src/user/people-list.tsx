import type { ReactElement, SubmitEvent } from 'react';
import type { Person } from '../../../src/views/people.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { Empty } from '../shared/empty.tsx';
import { countOf, countText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { Loading } from '../shared/loading.tsx';
import { go } from '../shared/location.ts';
import { userHref } from '../shared/paths.ts';
import { Time } from '../shared/time.tsx';
import { useJson } from '../shared/use-json.ts';

/** The people seen last, and a field for the id of any other. */
export function PeopleList(): ReactElement {
  const revision = useFeedPart((feed) => feed.revision);
  const loaded = useJson<{ total: number; people: readonly Person[] }>('/api/people', revision);
  const open = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const id = String(new FormData(event.currentTarget).get('id') ?? '').trim();
    if (id !== '') go(userHref(id));
  };
  return (
    <Loading loaded={loaded}>
      {({ total, people }) =>
        people.length === 0 ? (
          <Empty title="Nobody has been here yet">
            <p>
              A person appears with their first event or error. Open <a href="http://localhost:3000">the app</a> and
              sign up.
            </p>
          </Empty>
        ) : (
          <>
            <form className="filters" onSubmit={open}>
              <input name="id" type="search" aria-label="User id" placeholder="User or device id" autoComplete="off" />
              <button type="submit">Open</button>
            </form>
            <ul className="list" aria-label="People, the one seen last first, then devices of nobody known">
              {people.map((person) => (
                <li key={person.id}>
                  <Link className="entry" href={userHref(person.id)}>
                    <strong className="title">{person.id}</strong>
                    <span className="about">
                      {countOf(person.events, 'event')}
                      {person.errors > 0 && <span className="bad">{countOf(person.errors, 'error')}</span>}
                    </span>
                    <Time at={person.lastSeen} />
                  </Link>
                </li>
              ))}
            </ul>
            {total > people.length && (
              <p className="others">{countText(total - people.length)} more: open them by id.</p>
            )}
          </>
        )
      }
    </Loading>
  );
}
