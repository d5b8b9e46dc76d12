import { join } from 'node:path';
import { contextKeys, plan } from '@qr/events';
import { renderBrowserPlan } from './render-browser-plan.ts';
import { renderDataMap } from './render-data-map.ts';
import { renderEventMap } from './render-event-map.ts';
import { renderTrackingDocument } from './render-tracking-document.ts';

const packageRoot = join(import.meta.dirname, '..');
const root = join(packageRoot, '../..');

/** Every file that is written from the tracking plan or from where it is used, with what it should contain now. */
export function generatedFiles(): { path: string; content: string }[] {
  return [
    { path: join(packageRoot, 'src/browser.ts'), content: renderBrowserPlan(plan, contextKeys) },
    { path: join(root, 'MIXPANEL_EVENTS_TRACKING.md'), content: renderTrackingDocument(plan) },
    { path: join(root, 'docs/events.md'), content: renderEventMap(plan, root) },
    { path: join(root, 'docs/data-map.md'), content: renderDataMap(plan, contextKeys) },
  ];
}
