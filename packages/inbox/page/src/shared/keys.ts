import { useEffect, useRef } from 'react';

/** Calls back for each key that is pressed anywhere on the page without Ctrl, Alt or ⌘. */
export function useKeys(onKey: (event: KeyboardEvent) => void): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey) latest.current(event);
    };
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}

/** Whether a key goes into a field. */
export function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}

export function focusSearch(event: KeyboardEvent): void {
  event.preventDefault();
  document.querySelector<HTMLInputElement>('#search')?.focus();
}

/** Moves the focus from one entry to another; to the first when none has it. @returns whether there was one to go to */
export function walk(within: ParentNode | null, entry: string, step: number): boolean {
  const entries = [...(within?.querySelectorAll<HTMLElement>(entry) ?? [])];
  const { activeElement } = document;
  const index = activeElement instanceof HTMLElement ? entries.indexOf(activeElement) : -1;
  const next = index === -1 ? entries[0] : entries[index + step];
  next?.focus();
  return next !== undefined;
}
