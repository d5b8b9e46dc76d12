import type { ReactElement } from 'react';

/** Tells password managers whose password a form is about. */
export function AccountName({ email }: { readonly email: string }): ReactElement {
  return <input type="text" autoComplete="username" value={email} readOnly hidden />;
}
