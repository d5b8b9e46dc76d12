import {
  addBreadcrumb,
  closeObservability,
  flushObservability,
  initializeMixpanel,
  initializeSentry,
  setUserContext,
  trackRevenue,
} from '@qr/common';

// DSN and token come from the environment. Without them everything below does nothing.
initializeSentry('bookshop');
initializeMixpanel();

/** Analytics and error tracking of the bookshop. */
export const telemetry = { flush: flushObservability, close: closeObservability };

/** Sells a book. Everything that is recorded here belongs to the request or job in which it is called. */
export async function sellBook(customerId: string, isbn: string): Promise<void> {
  setUserContext({ id: customerId });
  addBreadcrumb('order received', { step: 'checkout' });
  if (isbn === 'out-of-print') throw new Error('The book is out of print');
  trackRevenue(customerId, 12.5, { currency: 'EUR', orderId: isbn });
}
