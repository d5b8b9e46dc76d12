import type { ReactElement } from 'react';

/** What went wrong with a form as a whole; stands above its button. */
export function FormProblem({ children }: { readonly children: string | undefined }): ReactElement {
  // Always there, as screen readers announce only what changes within a region that they know.
  return (
    <div className="form-problem" role="alert">
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}
