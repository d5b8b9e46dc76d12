import type { ReactElement } from 'react';

/** What went wrong with a form as a whole; stands above its button, and is read out at once. */
export function FormProblem({ children }: { readonly children: string | undefined }): ReactElement | null {
  if (children === undefined) return null;
  return (
    <p className="form-problem" role="alert">
      {children}
    </p>
  );
}
