import { fork } from 'node:child_process';
import { join } from 'node:path';

/** Starts a receiver in a process of its own, so that its work is not the sender's. */
export async function startReceiver() {
  const child = fork(join(import.meta.dirname, 'receiver-process.mjs'));
  const pending = new Map();
  let lastId = 0;
  child.on('message', ({ id, value }) => {
    pending.get(id)(value);
    pending.delete(id);
  });
  const ask = (command, argument) =>
    new Promise((resolve) => {
      lastId++;
      pending.set(lastId, resolve);
      child.send({ id: lastId, command, argument });
    });
  const port = await ask('listen');
  return {
    url: `http://127.0.0.1:${port}`,
    listen: () => ask('listen'),
    refuse: () => ask('refuse'),
    answerWith: (status) => ask('answerWith', status),
    /** `{ distinct, copies, foreign, requests, bytes }` so far. */
    read: () => ask('read'),
    missing: (from, to) => ask('missing', [from, to]),
    /** Resolves with the number of different events, when it reaches `target` or after `timeoutMs`. */
    arrived: (target, timeoutMs) => ask('arrived', { target, timeoutMs }),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.disconnect();
      }),
  };
}
