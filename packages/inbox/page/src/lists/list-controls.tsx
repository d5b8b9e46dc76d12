import type { ReactElement, ReactNode } from 'react';
import { FACETS, type Facet } from '../../../src/query/facet-names.ts';
import type { FacetValue, FacetValues } from '../../../src/views/lists.ts';
import { ButtonLink } from '../shared/links.tsx';
import { go, hrefWith, type Options, usePlace } from '../shared/location.ts';
import { OptionsOf } from '../shared/parts.tsx';
import { isFiltered, type ListView, NO_FILTER } from './list-view.ts';

interface ListControlsProps {
  /** What the list is of: `issues`. */
  readonly noun: string;
  /** What a search looks through. */
  readonly hint: string;
  readonly view: ListView;
  readonly facets: FacetValues | undefined;
  /** The first is the usual order, named `''`. */
  readonly sorts: Options;
  readonly children?: ReactNode;
}

const LABELS: Readonly<Record<Facet, string>> = {
  service: 'Service',
  environment: 'Environment',
  release: 'Release',
  browser: 'Browser',
  url: 'URL',
};

/** Search, filters and order of a list. Everything is kept in the address. */
export function ListControls({ noun, hint, view, facets, sorts, children }: ListControlsProps): ReactElement {
  const place = usePlace();
  const change = (changes: Readonly<Record<string, string | null>>, replaces = false): void =>
    go(hrefWith(place, { limit: null, ...changes }), replaces);
  return (
    <form className="controls" aria-label={`Filter ${noun}`} onSubmit={(event) => event.preventDefault()}>
      <input
        id="search"
        type="search"
        placeholder={`${hint} (press /)`}
        aria-label={`Search ${noun}`}
        autoComplete="off"
        spellCheck={false}
        maxLength={500}
        value={view.text}
        onChange={({ target }) => change({ q: target.value || null }, true)}
      />
      {FACETS.map((facet) => (
        <FacetSelect
          key={facet}
          label={LABELS[facet]}
          value={view.facets[facet]}
          values={facets?.[facet] ?? []}
          onChange={(value) => change({ [facet]: value || null })}
        />
      ))}
      <span className="sort">
        <select
          aria-label="Sort by"
          value={view.sort}
          onChange={({ target }) => change({ sort: target.value || null })}
        >
          <OptionsOf options={Object.entries(sorts).map(([sort, text]) => [sort, `Sort: ${text}`])} />
        </select>
        <button
          type="button"
          aria-label={view.isAscending ? 'Ascending order' : 'Descending order'}
          title={view.isAscending ? 'Lowest first' : 'Highest first'}
          onClick={() => change({ order: view.isAscending ? null : 'asc' })}
        >
          {view.isAscending ? '↑' : '↓'}
        </button>
      </span>
      {children}
      {isFiltered(view) && <ButtonLink href={hrefWith(place, NO_FILTER)}>Clear filters</ButtonLink>}
    </form>
  );
}

interface FacetSelectProps {
  readonly label: string;
  /** `''` for any. */
  readonly value: string;
  readonly values: readonly FacetValue[];
  readonly onChange: (value: string) => void;
}

/** One value to filter by. Nothing while there is none to choose. */
function FacetSelect({ label, value, values, onChange }: FacetSelectProps): ReactElement | null {
  if (values.length === 0 && value === '') return null;
  const isKnown = value === '' || values.some((each) => each.value === value);
  return (
    <select aria-label={label} value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">{label}: any</option>
      {!isKnown && <option value={value}>{value}</option>}
      <OptionsOf options={values.map(({ value: each, count }) => [each, `${each} (${count})`])} />
    </select>
  );
}
