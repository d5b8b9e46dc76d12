import type { ReactElement } from 'react';
import { usePlace } from '../shared/location.ts';
import { PeopleList } from './people-list.tsx';
import { Story } from './story.tsx';

/** Who has been here, or the story of one of them. */
export function UserTab(): ReactElement {
  const id = usePlace().query.get('id');
  return <div className="sheet">{id === null ? <PeopleList /> : <Story key={id} id={id} />}</div>;
}
