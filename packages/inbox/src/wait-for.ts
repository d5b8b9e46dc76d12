import type { InboxReader } from './inbox-data.ts';
import type { Store } from './store/store.ts';

/** Resolves once `holds` is true, looking again only when something has arrived; rejects after `timeoutMs`. */
export function waitForArrival(
  store: Store,
  reader: InboxReader,
  holds: () => boolean,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = store.onArrival(() => check());
    const timer = setTimeout(() => {
      finish();
      const held = inventory(reader);
      reject(
        new Error(`Nothing that arrived within ${timeoutMs} ms made the condition true. The inbox holds ${held}.`),
      );
    }, timeoutMs);
    const finish = (): void => {
      clearTimeout(timer);
      stop();
    };
    const check = (): void => {
      try {
        if (!holds()) return;
        finish();
        resolve();
      } catch (error) {
        finish();
        reject(error);
      }
    };
    check();
  });
}

/** What the inbox holds, in one line: names and counts, as a failing test wants to know them. */
function inventory(reader: InboxReader): string {
  const names = {
    event: reader.events().map(({ event }) => event),
    profile: reader.profiles().map(({ distinctId }) => distinctId),
    error: reader.errors().map(({ type, value }) => `${type}: ${value}`),
    span: reader.spans().map(({ name }) => name),
    log: reader.logs().map(({ level }) => level),
    'rejected record': reader.rejected().map(({ field, message }) => `${field}: ${message}`),
  };
  return Object.entries(names)
    .map(([noun, list]) => tally(noun, list))
    .join(', ');
}

function tally(noun: string, names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const listed = [...counts].slice(0, 8).map(([name, count]) => (count === 1 ? name : `${name} x${count}`));
  const more = counts.size > listed.length ? ', ...' : '';
  const list = listed.length === 0 ? '' : ` (${listed.join(', ')}${more})`;
  return `${names.length} ${noun}${names.length === 1 ? '' : 's'}${list}`;
}
