import type { ReactElement } from 'react';
import { EventSelect } from '../reports/choices.tsx';
import type { KnownEvents } from '../reports/report-page.tsx';
import { go, hrefWith, usePlace } from '../shared/location.tsx';
import { Button } from '../shared/parts.tsx';
import { FEWEST_STEPS, MOST_STEPS } from './funnel-view.ts';

interface StepListProps {
  readonly steps: readonly string[];
  readonly events: KnownEvents;
}

/** The steps in their order, each of which can be another event, be moved, or go. */
export function StepList({ steps, events }: StepListProps): ReactElement {
  const place = usePlace();
  const change = (next: readonly string[]): void => {
    if (next !== steps) go(hrefWith(place, { steps: JSON.stringify(next) }));
  };
  const keys = keysOf(steps);
  const last = steps.length - 1;
  return (
    <section aria-label="Steps of the funnel" className="steps">
      <ol>
        {steps.map((step, index) => {
          const name = `step ${index + 1}, ${step}`;
          return (
            <li key={keys[index]}>
              <EventSelect
                label={`Step ${index + 1}`}
                isLabelHidden
                value={step}
                events={events}
                onChange={(event) => change(steps.with(index, event))}
              />
              {/* Not disabled at the ends: a button that one has just pressed would lose the focus. */}
              <button
                type="button"
                aria-label={`Move ${name} up`}
                aria-disabled={index === 0}
                onClick={() => change(moved(steps, index, index - 1))}
              >
                ↑
              </button>
              <button
                type="button"
                aria-label={`Move ${name} down`}
                aria-disabled={index === last}
                onClick={() => change(moved(steps, index, index + 1))}
              >
                ↓
              </button>
              <button
                type="button"
                aria-label={`Remove ${name}`}
                aria-disabled={steps.length <= FEWEST_STEPS}
                onClick={() => steps.length > FEWEST_STEPS && change(steps.toSpliced(index, 1))}
              >
                ×
              </button>
            </li>
          );
        })}
      </ol>
      {steps.length < MOST_STEPS && (
        <Button onClick={() => change([...steps, nextStep(steps, events)])}>Add a step</Button>
      )}
    </section>
  );
}

/** An event that is no step yet, if there is one. */
function nextStep(steps: readonly string[], { seen }: KnownEvents): string {
  return (seen.find(({ name }) => !steps.includes(name)) ?? seen[0])?.name ?? '';
}

/** A list with one of its items elsewhere; the same list when there is no such place. */
function moved<Item>(items: readonly Item[], from: number, to: number): readonly Item[] {
  const item = items[from];
  if (item === undefined || to < 0 || to >= items.length) return items;
  return items.toSpliced(from, 1).toSpliced(to, 0, item);
}

/** Names that tell items of the same name apart, so that each keeps its fields when it moves. */
function keysOf(items: readonly string[]): readonly string[] {
  return items.map((item, index) => `${item} ${items.slice(0, index).filter((other) => other === item).length}`);
}
