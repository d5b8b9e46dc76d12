import type { ReactElement } from 'react';
import { Empty } from '../shared/empty.tsx';

/** Three ways to see a first record. */
export function GettingStarted(): ReactElement {
  const { origin, protocol, host } = location;
  return (
    <Empty title="Nothing has arrived yet">
      <p>This page shows every event, error, span and log the moment it is sent. Three ways to see one:</p>
      <ol>
        <li>
          Open <a href="http://localhost:3000">the app</a>, sign up, make a code and scan it.
        </li>
        <li>
          Let <code>npm run demo</code> do that: it starts an inbox of its own, and reports what came.
        </li>
        <li>
          Send one by hand:
          <pre id="example">{`curl ${origin}/track -d 'data={"event":"hello","properties":{"token":"any","distinct_id":"me"}}'`}</pre>
        </li>
      </ol>
      <p>Any Mixpanel or Sentry client can send here too:</p>
      <pre id="environment">{`MIXPANEL_API_HOST=${origin}\nSENTRY_DSN=${protocol}//public@${host}/1`}</pre>
    </Empty>
  );
}
