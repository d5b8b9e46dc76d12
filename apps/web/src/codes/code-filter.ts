import type { CodeListFilter, CodeSort } from '../api/codes.ts';

export const SORTS: readonly { readonly value: CodeSort; readonly label: string }[] = [
  { value: 'newest', label: 'Newest first' },
  { value: 'oldest', label: 'Oldest first' },
  { value: 'title', label: 'Title' },
];

const DAY = /^\d{4}-\d\d-\d\d$/;

/** Which codes the address of the page asks for; what is not understood is left out. */
export function readFilter(params: URLSearchParams): CodeListFilter {
  const search = params.get('q')?.trim().slice(0, 100) ?? '';
  const sort = SORTS.find(({ value }) => value === params.get('sort'))?.value ?? 'newest';
  const [from, to] = ['from', 'to'].map((name) => params.get(name) ?? '').map((day) => (DAY.test(day) ? day : ''));
  return { sort, ...(search && { search }), ...(from && { from }), ...(to && { to }) };
}

/** Whether a filter leaves codes out. */
export function isNarrow({ search, from, to }: CodeListFilter): boolean {
  return [search, from, to].some((value) => value !== undefined);
}
