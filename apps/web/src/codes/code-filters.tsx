import { type ReactElement, useEffect, useId, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { CodeListFilter, CodeSort } from '../api/codes.ts';
import { DateRange } from '../forms/date-range.tsx';
import { useDelayed } from './queries.ts';

/** Long enough that a word is typed to its end. */
const SEARCH_DELAY_MS = 250;
const PERIODS = [7, 30, 90];

/** Search, dates and order of the list, kept in the address of the page: they can be shared and survive a reload. */
export function CodeFilters(): ReactElement {
  const id = useId();
  const [params, setParams] = useSearchParams();
  const { sort, search, ...range } = readFilter(params);
  const [typed, setTyped] = useState(search ?? '');
  const wanted = useDelayed(typed.trim(), SEARCH_DELAY_MS);
  const applied = useRef(search ?? '');

  const change = (values: Readonly<Record<string, string | undefined>>) =>
    setParams(
      (current) => {
        const next = new URLSearchParams(current);
        for (const [name, value] of Object.entries(values)) {
          if (value) next.set(name, value);
          else next.delete(name);
        }
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows what is typed, not the address.
  useEffect(() => {
    if (wanted === applied.current) return;
    applied.current = wanted;
    change({ q: wanted });
  }, [wanted]);
  useEffect(() => {
    // A link or the browser's history has changed the address.
    if ((search ?? '') === applied.current) return;
    applied.current = search ?? '';
    setTyped(search ?? '');
  }, [search]);

  return (
    <search className="code-filters">
      <label htmlFor={`${id}-search`} className="visually-hidden">
        Search codes
      </label>
      <input
        id={`${id}-search`}
        type="search"
        placeholder="Search codes"
        maxLength={100}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      <DateRange
        label="Created"
        value={range}
        periods={PERIODS}
        anyTime="Created any time"
        onChange={({ from, to }) => change({ from, to })}
      />
      <label htmlFor={`${id}-sort`} className="visually-hidden">
        Sort by
      </label>
      <select
        id={`${id}-sort`}
        value={sort}
        onChange={({ target }) => change({ sort: target.value === 'newest' ? undefined : target.value })}
      >
        {SORTS.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </search>
  );
}

const SORTS: readonly { readonly value: CodeSort; readonly label: string }[] = [
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
