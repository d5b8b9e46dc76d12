// The page of another team: its own plan, no variables of Vite, no TypeScript.

import {
  captureException,
  createSentryRouter,
  identifyUser,
  initMixpanel,
  initSentry,
  SentryErrorBoundary,
  sentryRootOptions,
  trackEvent,
} from '@qr/browser';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { pagePlan as plan } from './page-plan.js';

initSentry({ plan, dsn: `http://page@${location.host}/2`, environment: 'test' });
initMixpanel({ plan, token: 'bookshop-token' });
const router = createSentryRouter([{ path: '/shelves/:shelf', element: createElement('h1', null, 'Shelf') }]);
createRoot(document.getElementById('root'), sentryRootOptions()).render(
  createElement(SentryErrorBoundary, null, createElement(RouterProvider, { router })),
);

identifyUser('reader-7', { favourite_genre: 'essays', shoe_size: 41 });
trackEvent('book_viewed', { isbn: '9780141036144', found_at: 'https://search.example/?q=private', mood: 'private' });
trackEvent('button_clicked', { label: 'private' });
captureException(new Error('out of print'), { isbn: '9780141036144', mood: 'private' });
