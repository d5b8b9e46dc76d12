// The same, with what the part that counts losses asks for a millisecond before it closes the page.
import { captureException, trackEvent } from '@qr/browser';
import './ours.tsx';

Object.assign(globalThis, {
  report: (number: string) => captureException(new Error(`closing ${number}`)),
  track: (total: number) => trackEvent('dashboard_viewed', { total_qrs: total }),
});
