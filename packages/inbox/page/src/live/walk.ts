/** Moves the focus from row to row; to the first when none has it. @returns whether there was a row to go to */
export function walk(list: HTMLElement | null, step: number): boolean {
  const rows: Element[] = [...(list?.querySelectorAll('.row') ?? [])];
  const index = document.activeElement === null ? -1 : rows.indexOf(document.activeElement);
  const next = index === -1 ? rows[0] : rows[index + step];
  if (!(next instanceof HTMLElement)) return false;
  next.focus();
  return true;
}
