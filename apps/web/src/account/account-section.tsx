import { type ReactElement, type ReactNode, useId } from 'react';

interface AccountSectionProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** One part of the account page. */
export function AccountSection({ title, children }: AccountSectionProps): ReactElement {
  const titleId = useId();
  return (
    <section className="card account-section" aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      {children}
    </section>
  );
}
