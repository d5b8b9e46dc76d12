import type { ReactElement, SubmitEvent } from 'react';
import { go } from './location.ts';

interface OpenByIdProps {
  readonly label: string;
  readonly hrefOf: (id: string) => string;
}

/** A field for an id that somebody was given: what it names need not be in the list. */
export function OpenById({ label, hrefOf }: OpenByIdProps): ReactElement {
  const open = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const id = String(new FormData(event.currentTarget).get('id') ?? '').trim();
    if (id !== '') go(hrefOf(id));
  };
  return (
    <form className="filters" onSubmit={open}>
      <input name="id" type="search" aria-label={label} placeholder={label} autoComplete="off" spellCheck={false} />
      <button type="submit">Open</button>
    </form>
  );
}
