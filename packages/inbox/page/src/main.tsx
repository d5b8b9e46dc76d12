import './styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createFeed, FeedProvider } from './shared/feed.tsx';

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no element with the id "root" to draw into.');
createRoot(container).render(
  <StrictMode>
    <FeedProvider feed={createFeed('/api/stream')}>
      <App />
    </FeedProvider>
  </StrictMode>,
);
