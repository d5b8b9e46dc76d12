import type { ReactElement } from 'react';
import { countOf, durationText } from '../shared/format.ts';
import { RecordLink } from '../shared/record-link.tsx';
import { Time } from '../shared/time.tsx';
import type { Session } from './sessions.ts';

interface SessionSectionProps {
  readonly session: Session;
  readonly number: number;
}

export function SessionSection({ session, number }: SessionSectionProps): ReactElement {
  const { from, to, records } = session;
  const errors = records.filter(({ kind }) => kind === 'error').length;
  return (
    <section className="session">
      <h3>
        Session {number} <Time at={from} />
        <span className="muted">
          {durationText(to - from)}, {countOf(records.length, 'record')}
          {errors > 0 && <span className="bad">, {countOf(errors, 'error')}</span>}
        </span>
      </h3>
      <ol className="list">
        {records.map((record) => (
          <li key={record.id}>
            <RecordLink record={record} />
          </li>
        ))}
      </ol>
    </section>
  );
}
