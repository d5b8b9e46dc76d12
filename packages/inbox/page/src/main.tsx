import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createFeed } from './feed/feed.ts';
import { FeedProvider } from './feed/feed-provider.tsx';
import './styles/index.css';

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no element with the id "root" to draw into.');
createRoot(container).render(
  <StrictMode>
    <FeedProvider feed={createFeed('/api/stream')}>
      <App />
    </FeedProvider>
  </StrictMode>,
);
