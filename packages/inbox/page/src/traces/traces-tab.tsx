import type { ReactElement } from 'react';
import { usePlace } from '../shared/location.ts';
import { TraceList } from './trace-list.tsx';
import { TraceView } from './trace-view.tsx';

/** Requests across browser and services, or one of them. */
export function TracesTab(): ReactElement {
  const id = usePlace().query.get('id');
  return <div className="sheet">{id === null ? <TraceList /> : <TraceView key={id} id={id} />}</div>;
}
