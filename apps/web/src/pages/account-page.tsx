import type { ReactElement } from 'react';
import { DeleteSection } from '../account/delete-section.tsx';
import { PasswordSection } from '../account/password-section.tsx';
import { PlanSection } from '../account/plan-section.tsx';
import { PrivacySection } from '../account/privacy-section.tsx';
import { dateText } from '../codes/date-text.ts';
import { useSession } from '../session/session-provider.tsx';

/** Everything that somebody can change about themselves. */
export function AccountPage(): ReactElement | null {
  const { user } = useSession();
  if (!user) return null;
  return (
    <div className="account">
      <div className="account-head">
        <h1>Account</h1>
        <p>
          Logged in as <strong>{user.email}</strong>
        </p>
        <p className="muted">
          With us since <time dateTime={user.createdAt}>{dateText(user.createdAt)}</time>
        </p>
      </div>
      <PlanSection user={user} />
      <PasswordSection email={user.email} />
      <PrivacySection />
      <DeleteSection email={user.email} />
    </div>
  );
}
