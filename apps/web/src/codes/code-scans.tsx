import { type ReactElement, useState } from 'react';
import { type CodeStatistics, exportUrl, type VisitorFilter } from '../api/statistics.ts';
import { ScansChart } from '../charts/scans-chart.tsx';
import { Shares } from '../charts/shares.tsx';
import { lastDays, withinLimit } from '../days.ts';
import { DateRange } from '../forms/date-range.tsx';
import { Loaded } from '../layout/page.tsx';
import { useCodeStatistics } from './queries.ts';

const PERIODS = [7, 30, 90];

/** How often a code was scanned, when, where and with what; a click on a country, device or browser limits everything to it. */
export function CodeScans({ id, scanUrl }: { readonly id: string; readonly scanUrl: string }): ReactElement {
  const [period, setPeriod] = useState(() => lastDays(30));
  const [visitors, setVisitors] = useState<VisitorFilter>({});
  const query = useCodeStatistics(id, { ...period, ...visitors });
  return (
    <section className="card stack" aria-labelledby="scans-heading">
      <div className="section-head">
        <h2 id="scans-heading">Scans</h2>
        <DateRange
          label="Period"
          value={period}
          periods={PERIODS}
          // An emptied date is being typed: the last period stays.
          onChange={({ from = period.from, to = period.to }) => {
            if (from <= to) setPeriod(withinLimit({ from, to }, period));
          }}
        />
      </div>
      <Limits visitors={visitors} onChange={setVisitors} />
      <Loaded query={query} action="show_statistics" height="chart" label="Counting scans">
        {(data) => (
          <>
            <p className="counts" role="status">
              <strong>{data.scans}</strong> {data.scans === 1 ? 'scan' : 'scans'} by{' '}
              <strong>{data.uniqueVisitors}</strong> {data.uniqueVisitors === 1 ? 'visitor' : 'visitors'}
              {data.botScans > 0 && `, and ${data.botScans} by bots`}
            </p>
            <ScansChart
              days={data.series.map(({ start, scans, uniqueVisitors }) => ({
                day: start,
                scans,
                visitors: uniqueVisitors,
              }))}
            />
            <Visitors data={data} scanUrl={scanUrl} visitors={visitors} onChange={setVisitors} />
            <p className="actions">
              <a href={exportUrl(id, { ...period, ...visitors })} download>
                Download as CSV
              </a>
              <a href={scanUrl}>Scan address</a>
            </p>
          </>
        )}
      </Loaded>
    </section>
  );
}

interface VisitorsProps {
  readonly data: CodeStatistics;
  readonly scanUrl: string;
  readonly visitors: VisitorFilter;
  readonly onChange: (visitors: VisitorFilter) => void;
}

function Visitors({ data, scanUrl, visitors, onChange }: VisitorsProps): ReactElement {
  if (data.scans === 0 && Object.keys(visitors).length === 0) {
    return (
      <p>
        No scans in this period. Print the code, or open <a href={scanUrl}>{scanUrl}</a> to try it yourself.
      </p>
    );
  }
  const choose = (kind: keyof VisitorFilter) => (value: string | undefined) => onChange(limited(visitors, kind, value));
  return (
    <div className="share-columns">
      <Shares
        title="Countries"
        shares={data.byCountry}
        nameOf={countryName}
        chosen={visitors.country}
        onChoose={choose('country')}
      />
      <Shares
        title="Devices"
        shares={data.byDevice}
        nameOf={capitalised}
        chosen={visitors.device}
        onChoose={choose('device')}
      />
      <Shares title="Browsers" shares={data.byBrowser} chosen={visitors.browser} onChoose={choose('browser')} />
    </div>
  );
}

const NAMES = { country: countryName, device: capitalised, browser: (value: string) => value } as const;

/** What the statistics are limited to, each to be lifted by itself. */
function Limits({ visitors, onChange }: Pick<VisitorsProps, 'visitors' | 'onChange'>): ReactElement | null {
  const kinds = (['country', 'device', 'browser'] as const).filter((kind) => visitors[kind] !== undefined);
  if (kinds.length === 0) return null;
  return (
    <p className="limits">
      {kinds.map((kind) => {
        const name = NAMES[kind](visitors[kind] ?? '');
        return (
          <button
            key={kind}
            type="button"
            className="quiet"
            aria-label={`Remove filter ${name}`}
            onClick={() => onChange(limited(visitors, kind, undefined))}
          >
            {name} ✕
          </button>
        );
      })}
    </p>
  );
}

function limited(visitors: VisitorFilter, kind: keyof VisitorFilter, value: string | undefined): VisitorFilter {
  const { [kind]: _lifted, ...others } = visitors;
  return { ...others, ...(value !== undefined && { [kind]: value }) };
}

function capitalised(kind: string): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}

const names = new Intl.DisplayNames(undefined, { type: 'region' });

/** A country in the reader's own language. */
function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return 'Unknown';
  return names.of(code) ?? code;
}
