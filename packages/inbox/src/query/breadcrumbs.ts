import { listAt, objectAt, timeMsAt } from '../sentry/fields.ts';
import type { JsonObject } from '../store/records.ts';

/** Returns the breadcrumbs of an error in order of time. One without a time stays behind the one that it was sent after. */
export function breadcrumbsOf(event: JsonObject): JsonObject[] {
  const { breadcrumbs } = event;
  // A list in current SDKs, { values } in older ones.
  const sent = Array.isArray(breadcrumbs)
    ? listAt(event, 'breadcrumbs')
    : listAt(objectAt(event, 'breadcrumbs'), 'values');
  let latest = Number.NEGATIVE_INFINITY;
  return sent
    .map((crumb) => {
      latest = timeMsAt(crumb, 'timestamp') ?? latest;
      return { crumb, time: latest };
    })
    .sort((left, right) => (left.time === right.time ? 0 : left.time - right.time))
    .map(({ crumb }) => crumb);
}
