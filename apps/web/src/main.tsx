import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { rootOptions } from './observability.ts';

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no element with the id "root" to draw into.');
createRoot(container, rootOptions).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
