import { settle } from './settle.mjs';

/** What a restarted service does for the events of the process before it: start, and be there. */
export async function drain(sender, { parent, target, recoverMs }) {
  return { arrived: await settle(sender, parent, target, recoverMs), stats: sender.stats?.() };
}
