import type { ReactElement } from 'react';
import { DeleteSection, NameSection, PasswordSection, PrivacySection } from '../account/account-sections.tsx';
import { PlanSection } from '../account/plan-section.tsx';
import { dateText } from '../days.ts';
import { PageTitle } from '../layout/page.tsx';
import { useSession } from '../session/session-provider.tsx';

/** Everything that somebody can change about themselves. */
export function AccountPage(): ReactElement | null {
  const { user } = useSession();
  if (!user) return null;
  return (
    <div className="account">
      <PageTitle>Account</PageTitle>
      <div className="account-head">
        <h1>Account</h1>
        <p>
          Logged in as <strong>{user.name ?? user.email}</strong>
          {user.name !== null && <> ({user.email})</>}
        </p>
        <p className="muted">
          Member since <time dateTime={user.createdAt}>{dateText(user.createdAt)}</time>
        </p>
      </div>
      <NameSection user={user} />
      <PlanSection user={user} />
      <PasswordSection email={user.email} />
      <PrivacySection />
      <DeleteSection email={user.email} />
    </div>
  );
}
