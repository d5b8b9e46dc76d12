import type { ReactElement } from 'react';
import { FaultsPanel } from './faults-panel.tsx';
import { ServicesPanel } from './services-panel.tsx';

/** What becomes of what is sent, and the switches that make it harder. */
export function DeliveryTab(): ReactElement {
  return (
    <div className="sheet">
      <ServicesPanel />
      <FaultsPanel />
    </div>
  );
}
