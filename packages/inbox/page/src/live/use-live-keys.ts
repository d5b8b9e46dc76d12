import { useEffect } from 'react';
import { go, hrefWith, usePlace } from '../shared/location.ts';

interface LiveKeys {
  readonly selected: string | null;
  /** Whether only a trace or a user is shown. */
  readonly isFiltered: boolean;
  readonly togglePause: () => void;
}

/** `/` searches, `p` pauses, Escape goes back one step. */
export function useLiveKeys({ selected, isFiltered, togglePause }: LiveKeys): void {
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
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [place, selected, isFiltered, togglePause]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}
