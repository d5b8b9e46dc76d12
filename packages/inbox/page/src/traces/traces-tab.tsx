import type { ReactElement } from 'react';
import { usePlace } from '../shared/location.ts';
import { TraceList } from './trace-list.tsx';
import { TraceView } from './trace-view.tsx';

/** Requests across browser and services, or one of them. */
export function TracesTab(): ReactElement {
  const id = usePlace().query.get('id');
  // A key of its own: what one opens begins at its top, wherever the list was scrolled to.
  return (
    <div key={id} className="sheet">
      {id === null ? <TraceList /> : <TraceView id={id} />}
    </div>
  );
}
