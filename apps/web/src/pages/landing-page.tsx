import { correction, generate } from 'lean-qr';
import { toSvgPath } from 'lean-qr/extras/svg';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { Shares } from '../charts/shares.tsx';
import { Sparkline } from '../charts/sparkline.tsx';
import { PageTitle } from '../layout/page.tsx';

const FEATURES = [
  {
    title: 'Change it after printing',
    text: 'Edit where a code leads at any time. The printed picture stays the same.',
  },
  {
    title: 'See every scan',
    text: 'Scans by day, country, device and browser. Visitors stay anonymous.',
  },
  {
    title: 'Links, Wi-Fi, cards and pages',
    text: 'Send guests to a web page, into your Wi-Fi, to your contact details, or to a page of links.',
  },
];

/** What a visitor sees first. */
export function LandingPage(): ReactElement {
  return (
    <div className="landing">
      <PageTitle>QR codes you can change after printing</PageTitle>
      <section className="hero">
        <div className="hero-text">
          <h1>QR codes you can change after printing</h1>
          <p>Create a code, print it, and see how often, where and on which devices it is scanned.</p>
          <div className="actions">
            <Link to="/signup" className="button">
              Create a free account
            </Link>
            <Link to="/login">Log in</Link>
          </div>
          <p className="hint">10 codes are free. No credit card.</p>
        </div>
        <div className="card hero-code">
          <ExampleCode address={`${location.origin}/signup`} />
          <p className="hint">Try it: this code leads to the sign-up.</p>
        </div>
      </section>
      <section aria-labelledby="statistics-heading" className="stack">
        <h2 id="statistics-heading">Know what happens after printing</h2>
        <ExampleStatistics />
      </section>
      <ul className="features">
        {FEATURES.map(({ title, text }) => (
          <li key={title} className="card">
            <h2>{title}</h2>
            <p>{text}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Modules of white around a code: ISO/IEC 18004 asks for four. */
const MARGIN = 4;

/** A code that leads to an address: drawn here, because it is the same for everyone and counts no scans. */
function ExampleCode({ address }: { readonly address: string }): ReactElement {
  const code = generate(address, { minCorrectionLevel: correction.M });
  const width = code.size + 2 * MARGIN;
  return (
    <svg
      className="example-code"
      viewBox={`0 0 ${width} ${width}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label="QR code that leads to this site"
    >
      <path fill="#fff" d={`M0 0h${width}v${width}H0z`} />
      <path fill="#1d3b8b" transform={`translate(${MARGIN} ${MARGIN})`} d={toSvgPath(code)} />
    </svg>
  );
}

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
function ExampleStatistics(): ReactElement {
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
