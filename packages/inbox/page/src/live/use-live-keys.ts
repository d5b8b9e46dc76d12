import { useEffect } from 'react';
import { go, hrefWith, usePlace } from '../shared/location.ts';

interface LiveKeys {
  readonly selected: string | null;
  /** Whether only a trace or a user is shown. */
  readonly isFiltered: boolean;
  readonly togglePause: () => void;
  /** Moves the focus by so many rows. */
  readonly walk: (step: number) => void;
}

/** `/` searches, `p` pauses, `j` and `k` walk the rows, Escape goes back one step. */
export function useLiveKeys({ selected, isFiltered, togglePause, walk }: LiveKeys): void {
  const place = usePlace();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') {
        if (selected !== null) go(hrefWith(place, { record: null }));
        else if (isFiltered) go(hrefWith(place, { user: null, trace: null }));
        else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === '/') {
        event.preventDefault();
        document.querySelector<HTMLInputElement>('#search')?.focus();
      }
      if (event.key === 'p') togglePause();
      if (event.key === 'j') walk(1);
      if (event.key === 'k') walk(-1);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [place, selected, isFiltered, togglePause, walk]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}
