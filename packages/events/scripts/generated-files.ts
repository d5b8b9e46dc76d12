import { join } from 'node:path';
import { contextKeys, plan } from '@qr/events';
import { renderBrowserPlan } from './render-browser-plan.ts';
import { renderTrackingDocument } from './render-tracking-document.ts';

const packageRoot = join(import.meta.dirname, '..');

/** Every file that is written from the tracking plan, with what it should contain now. */
export function generatedFiles(): { path: string; content: string }[] {
  return [
    { path: join(packageRoot, 'src/browser.ts'), content: renderBrowserPlan(plan, contextKeys) },
    { path: join(packageRoot, '../../MIXPANEL_EVENTS_TRACKING.md'), content: renderTrackingDocument(plan) },
  ];
}
