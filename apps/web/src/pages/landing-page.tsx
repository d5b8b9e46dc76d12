import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { ExampleCode } from '../landing/example-code.tsx';
import { ExampleStatistics } from '../landing/example-statistics.tsx';
import { PageTitle } from '../layout/page-title.tsx';

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
