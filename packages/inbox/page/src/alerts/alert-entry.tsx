import { boundText, valueText } from '@qr/alerts';
import type { ReactElement } from 'react';
import type { EvaluatedAlert } from '../../../src/alerts/routes.ts';
import { Link } from '../shared/link.tsx';
import { Time } from '../shared/time.tsx';
import { moreOf } from './alert-href.ts';
import { statusOf } from './alert-status.ts';

interface AlertEntryProps {
  readonly alert: EvaluatedAlert;
  readonly timeZone: string;
}

/** One rule: what it watches, what it found, and of which time. */
export function AlertEntry({ alert, timeZone }: AlertEntryProps): ReactElement {
  const { rule, state } = alert;
  const { className, label } = statusOf(alert);
  const more = moreOf(rule, timeZone);
  return (
    <article className={`alert ${className}`} aria-label={rule.name}>
      <p className="state">{label}</p>
      <h3>{rule.name}</h3>
      <p className="about muted">{rule.description}</p>
      <p className="found">
        <b>{state.value === null ? '–' : valueText(rule.measure, state.value)}</b>{' '}
        <span className="muted">fires {boundText(rule)}</span>
      </p>
      <p className="when">
        <span className="muted">
          <Time at={state.from} /> to <Time at={state.to} />
        </span>
        {state.reason !== undefined && <span className="reason">{state.reason}</span>}
      </p>
      <p className="more">
        <span className="muted">
          {rule.severity}, {rule.owner}
        </span>{' '}
        <Link href={more.href} aria-label={`${rule.name} in ${more.label}`}>
          {more.label}
        </Link>
      </p>
    </article>
  );
}
