import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startReceiver } from './receiver/receiver.mjs';

const labelOf = (sender) => (sender === 'mixpanel-batch' ? 'mixpanel.track_batch(50)' : sender);

/** Every sender in the order of the tables; rivals also in the configuration that is recommended for many events. */
export const variants = [
  { sender: 'floor-none', label: 'no sender', kind: 'floor' },
  { sender: 'floor-stringify', label: 'JSON.stringify alone', kind: 'floor' },
  { sender: 'floor-live', label: 'stringify + gzip 1 + undici, 2000 a POST', kind: 'floor' },
  { sender: 'floor-prebuilt', label: 'pre-built bodies', kind: 'floor' },
  { sender: 'qr', label: '@qr/common', kind: 'ours' },
  { sender: 'qr-in-request', label: '@qr/common in a request', kind: 'ours' },
  { sender: 'mixpanel-track', label: 'mixpanel.track', kind: 'rival' },
  ...['mixpanel-batch', 'segment', 'posthog', 'amplitude', 'rudder', 'snowplow'].flatMap((sender) => [
    { sender, label: labelOf(sender), kind: 'rival' },
    { sender, label: `${labelOf(sender)}, recommended`, kind: 'rival', isRecommended: true },
  ]),
];

const SLOW = ['segment', 'rudder', 'snowplow'];

/** Those that a quick run leaves time for. */
export const quickVariants = variants.filter(({ sender, isRecommended }) => !isRecommended && !SLOW.includes(sender));

/** The variants for one round: there and back by turns, so that what slows the machine down does not always meet the same ones. */
export const inTurn = (chosen, round) => (round % 2 === 0 ? chosen : chosen.toReversed());

/** A folder for one sender's spool, and its removal. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'qr-bench-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Starts a sender's process on a job.
 *
 * @returns `kill`, by SIGKILL, and `done`: its result, or `{ crashed, progress }` when it ended without one.
 */
export function startSender(variant, { receiver, spoolDir, job, isQuiet = false, options, isSilent = true }) {
  const child = fork(join(import.meta.dirname, 'sender-process.mjs'), {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', isSilent ? 'ignore' : 'inherit', 'ipc'],
    env: { ...process.env, HTTP_PROXY: '', HTTPS_PROXY: '' },
  });
  const answers = {
    arrived: ({ target, timeoutMs }) => receiver.arrived(target, timeoutMs),
    'receiver down': () => receiver.refuse(),
    'receiver up': () => receiver.listen(),
  };
  const done = new Promise((resolve) => {
    let outcome;
    let progress;
    child.on('message', async (message) => {
      if ('result' in message) outcome = message.result;
      else if ('progress' in message) progress = message.progress;
      else {
        const answer = (await answers[message.ask](message)) ?? null;
        if (child.connected) child.send({ answer });
      }
    });
    child.once('exit', (code, signal) => resolve(outcome ?? { crashed: signal ?? `exit ${code}`, progress }));
  });
  const settings = { spoolDir, isQuiet, isRecommended: variant.isRecommended ?? false };
  child.send({ sender: variant.sender, job, url: receiver.url, settings, options });
  return { kill: () => child.kill('SIGKILL'), done };
}

/** Runs one job of one sender against a receiver of its own. */
export async function runJob(variant, settings) {
  const receiver = await startReceiver();
  const folder = temporaryFolder();
  try {
    const { done } = startSender(variant, { receiver, spoolDir: folder.path, ...settings });
    return { ...(await done), tally: await receiver.read() };
  } finally {
    await receiver.stop();
    folder.remove();
  }
}
