import type { BrowserEventName, ServerEventName } from '@qr/events';

/** The names that editors complete in `expect(inbox).toHaveTracked(...)`. */
declare module '@qr/inbox/testing' {
  interface PlannedEvents extends Record<BrowserEventName | ServerEventName, unknown> {}
}
