import { fork } from 'node:child_process';
import { join } from 'node:path';

/**
 * Starts a process of `processes/`, so that its CPU is its own.
 *
 * @returns `ask(command, argument)`, which resolves with what the command answers, and `stop`.
 */
export function startChild(name, { env = {}, execArgv = [] } = {}) {
  const child = fork(join(import.meta.dirname, 'processes', `${name}.mjs`), {
    execArgv,
    env: { ...process.env, HTTP_PROXY: '', HTTPS_PROXY: '', ...env },
  });
  const pending = new Map();
  let lastId = 0;
  let hasEnded = false;
  child.on('message', ({ id, value }) => {
    pending.get(id).resolve(value);
    pending.delete(id);
  });
  const exited = new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      hasEnded = true;
      for (const { reject } of pending.values()) reject(new Error(`${name} ended with ${signal ?? code}.`));
      resolve();
    });
  });
  return {
    ask(command, argument) {
      lastId++;
      const id = lastId;
      return new Promise((resolve, reject) => {
        if (hasEnded) return reject(new Error(`${name} has ended.`));
        pending.set(id, { resolve, reject });
        child.send({ id, command, argument });
      });
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
