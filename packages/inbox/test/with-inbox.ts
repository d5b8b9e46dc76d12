import { afterEach } from 'vitest';
import { type Inbox, type InboxOptions, startInbox } from '../src/index.ts';

/** Starts inboxes that are closed after each test. */
export function inboxesForTests(): (options?: InboxOptions) => Promise<Inbox> {
  const started: Inbox[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((inbox) => inbox.close()));
  });
  return async (options) => {
    const inbox = await startInbox(options);
    started.push(inbox);
    return inbox;
  };
}
