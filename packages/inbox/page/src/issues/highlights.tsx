import type { ReactElement } from 'react';
import type { Highlights as Values } from '../../../src/query/highlights.ts';
import type { JsonObject } from '../../../src/store/records.ts';
import { valueText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { hrefOf } from '../shared/location.ts';

const NAMES: readonly (readonly [keyof Values, string])[] = [
  ['level', 'Level'],
  ['service', 'Service'],
  ['environment', 'Environment'],
  ['release', 'Release'],
  ['transaction', 'Transaction'],
  ['url', 'URL'],
  ['browser', 'Browser'],
  ['os', 'OS'],
  ['runtime', 'Runtime'],
  ['device', 'Device'],
];

/** Where an error happened. */
export function Highlights({ values }: { readonly values: Values }): ReactElement {
  return (
    <dl className="highlights">
      {NAMES.map(([key, name]) => {
        const value = values[key];
        return (
          value !== null && (
            <div key={key}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          )
        );
      })}
    </dl>
  );
}

/** Tags; each leads to the issues that have it. */
export function Tags({ tags }: { readonly tags: JsonObject }): ReactElement | null {
  const all = Object.entries(tags);
  if (all.length === 0) return null;
  return (
    <section>
      <h3>Tags</h3>
      <ul className="tags">
        {all.map(([name, value]) => (
          <li key={name}>
            <Link href={hrefOf('/issues', { q: `${name}:${valueText(value)}`, status: 'all' })}>
              <span className="muted">{name}</span> {valueText(value)}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
