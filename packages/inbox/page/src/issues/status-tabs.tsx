import type { ReactElement } from 'react';
import type { IssueStatus } from '../../../src/query/issues.ts';
import type { Options } from '../reports/options.ts';
import { optionIn } from '../reports/options.ts';
import { countText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { hrefWith, usePlace } from '../shared/location.ts';

const STATUSES: Options<IssueStatus | 'all'> = [
  ['unresolved', 'Unresolved'],
  ['resolved', 'Resolved'],
  ['ignored', 'Ignored'],
  ['all', 'All'],
];

export function statusIn(query: URLSearchParams): IssueStatus | 'all' {
  return optionIn(query, 'status', STATUSES, 'unresolved');
}

interface StatusTabsProps {
  readonly status: IssueStatus | 'all';
  readonly counts: Readonly<Record<IssueStatus, number>> | undefined;
}

/** Which issues are listed, with the count of each status. */
export function StatusTabs({ status, counts }: StatusTabsProps): ReactElement {
  const place = usePlace();
  return (
    <nav className="statuses" aria-label="Status">
      {STATUSES.map(([value, label]) => (
        <Link
          key={value}
          href={hrefWith(place, { status: value === 'unresolved' ? null : value, limit: null })}
          aria-current={value === status ? 'true' : undefined}
        >
          {label}
          {value !== 'all' && counts !== undefined && <span className="muted"> {countText(counts[value])}</span>}
        </Link>
      ))}
    </nav>
  );
}
