import type { ReactElement } from 'react';
import { Shares } from '../charts/shares.tsx';
import { Sparkline } from '../charts/sparkline.tsx';

/** Two weeks of a code on the tables of a café. */
const SCANS_BY_DAY = [38, 41, 44, 39, 62, 85, 71, 40, 43, 47, 45, 68, 92, 79];
const COUNTRIES = [
  { value: 'Switzerland', scans: 412 },
  { value: 'Germany', scans: 231 },
  { value: 'France', scans: 151 },
];
const DEVICES = [
  { value: 'Mobile', scans: 702 },
  { value: 'Tablet', scans: 61 },
  { value: 'Desktop', scans: 31 },
];

/** What the statistics of a code look like, with numbers that are made up and say so. */
export function ExampleStatistics(): ReactElement {
  const scans = SCANS_BY_DAY.reduce((sum, each) => sum + each, 0);
  return (
    <figure className="card example-statistics">
      <figcaption>
        <strong>Summer menu</strong>
        <span className="badge">Example</span>
      </figcaption>
      <dl className="figures">
        <div>
          <dt>Scans</dt>
          <dd>{scans}</dd>
        </div>
        <div>
          <dt>Visitors</dt>
          <dd>561</dd>
        </div>
        <div>
          <dt>Best day</dt>
          <dd>Sat</dd>
        </div>
      </dl>
      <Sparkline values={SCANS_BY_DAY} label={`${scans} scans in 14 days`} />
      <div className="share-columns">
        <Shares title="Countries" shares={COUNTRIES} />
        <Shares title="Devices" shares={DEVICES} />
      </div>
    </figure>
  );
}
