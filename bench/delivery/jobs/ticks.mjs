import { scanProperties, visitorOf } from '../event.mjs';

/** The loop's next turn: what a sender does at the end of a turn, such as writing a journal, is done when it resolves. */
export const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** The arguments of `count` calls from the `first` event on, in the form that a sender's `track` takes. */
export function makeCalls(sender, first, count) {
  const { callArgument = (visitor, properties) => ({ visitor, properties }) } = sender;
  return Array.from({ length: count }, (_, index) => {
    const n = first + index;
    return callArgument(visitorOf(n), scanProperties(n));
  });
}

/** Tracks in bursts of `tick` calls, each followed by a turn of the event loop. */
export async function trackInTicks(sender, calls, tick, burst = trackBurst) {
  for (let first = 0; first < calls.length; first += tick) {
    burst(sender, calls, first, Math.min(first + tick, calls.length));
    await nextTurn();
  }
}

/** The calls of one burst and nothing else. */
export function trackBurst(sender, calls, first, end) {
  for (let index = first; index < end; index++) sender.track(calls[index]);
}
