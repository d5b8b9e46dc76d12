import type { ReactElement } from 'react';
import { countText } from '../shared/format.ts';
import { type LaneNumbers, lostIn } from './service-stats.ts';

const COLUMNS: readonly (readonly [string, (lane: LaneNumbers) => number])[] = [
  ['queued', ({ queued = 0 }) => queued],
  ['spooled', ({ pending = 0 }) => pending],
  ['delivered', ({ delivered = 0 }) => delivered],
  ['retried', ({ retried = 0 }) => retried],
  ['dropped', lostIn],
];

/** The lanes of a service, one a row. */
export function LaneTable({ lanes }: { readonly lanes: readonly (readonly [string, LaneNumbers])[] }): ReactElement {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">lane</th>
          {COLUMNS.map(([label]) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lanes.map(([name, lane]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {COLUMNS.map(([label, read]) => (
              <td key={label} className={label === 'dropped' && read(lane) > 0 ? 'bad' : ''}>
                {countText(read(lane))}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
