import { join } from 'node:path';
import { plan, planPaths } from '@qr/events';
import { planDocuments, renderBrowserPlan, renderPagePlan } from '@qr/plan/documents';
import { renderDataMap } from './render-data-map.ts';
import { renderEventMap } from './render-event-map.ts';

const packageRoot = join(import.meta.dirname, '..');
const root = join(packageRoot, '../..');

/** Every file that is written from the tracking plan or from where it is used, with what it should contain now. */
export function generatedFiles(): { path: string; content: string }[] {
  return [
    { path: join(packageRoot, 'src/browser.ts'), content: renderBrowserPlan(plan) },
    { path: join(packageRoot, 'src/page.ts'), content: renderPagePlan(plan, './browser.ts') },
    ...planDocuments(plan, planPaths).map(({ path, content }) => ({ path: join(root, path), content })),
    { path: join(root, 'docs/events.md'), content: renderEventMap(plan, root) },
    { path: join(root, 'docs/data-map.md'), content: renderDataMap(plan) },
  ];
}
