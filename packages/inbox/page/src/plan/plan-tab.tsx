import type { ReactElement } from 'react';
import type { PlanView } from '../../../src/plan/warnings.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { countOf } from '../shared/format.ts';
import { Loading } from '../shared/loading.tsx';
import { useJson } from '../shared/use-json.ts';
import { PlanWarnings } from './plan-warnings.tsx';
import { PlannedEvents } from './planned-events.tsx';
import { UnplannedEvents } from './unplanned-events.tsx';

/** What may be said beside what was said. */
export function PlanTab(): ReactElement {
  const revision = useFeedPart((feed) => feed.revision);
  const loaded = useJson<PlanView>('/api/plan', revision);
  return (
    <div className="sheet">
      <Loading loaded={loaded}>
        {({ planned, unplanned, warnings, hasPlan }) => {
          if (!hasPlan)
            return (
              <>
                <p className="muted">
                  This inbox has no tracking plan. Name one in <code>observability.config.ts</code>, and start the inbox
                  in its folder or with <code>--root</code>.
                </p>
                <PlanWarnings warnings={warnings} />
              </>
            );
          const expected = planned.filter(({ isForMixpanel }) => isForMixpanel);
          const never = expected.filter(({ seen }) => seen === 0);
          return (
            <>
              <p className="muted">
                {countOf(expected.length, 'planned event')}, {expected.length - never.length} of them seen.{' '}
                {never.length} never, {countOf(unplanned.length, 'event')} outside the plan.
              </p>
              <PlanWarnings warnings={warnings} />
              <UnplannedEvents events={unplanned} />
              <PlannedEvents title="Never seen" events={never}>
                Each has arrived at least once.
              </PlannedEvents>
              <PlannedEvents title="Seen" events={expected.filter(({ seen }) => seen > 0)}>
                None has arrived. Open <a href="http://localhost:3000">the app</a>, sign up and make a code.
              </PlannedEvents>
              <PlannedEvents
                title="For the platform's own statistics"
                events={planned.filter(({ isForMixpanel }) => !isForMixpanel)}
              >
                The plan has none.
              </PlannedEvents>
            </>
          );
        }}
      </Loading>
    </div>
  );
}
