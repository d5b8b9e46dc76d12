import { sentryRootOptions } from '@qr/browser';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import './styles.css';

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no element with the id "root" to draw into.');
createRoot(container, sentryRootOptions()).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
