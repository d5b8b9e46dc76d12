import type { ReactElement } from 'react';
import { useNavigation } from 'react-router';

/** A bar at the top while the next page or its code is loading. The style sheet shows it after 150 ms: faster pages need none. */
export function PageProgress(): ReactElement | null {
  const { state } = useNavigation();
  return state === 'idle' ? null : <div className="page-progress" role="progressbar" aria-label="Loading page" />;
}
