import { calls } from './jobs/calls.mjs';
import { drain } from './jobs/drain.mjs';
import { memory } from './jobs/memory.mjs';
import { paced } from './jobs/paced.mjs';
import { throughput } from './jobs/throughput.mjs';

/** One sender doing one job in a process of its own, so that its memory and CPU are its own. */
const jobs = { calls, throughput, memory, paced, drain };
/** Some senders hold on to their retries when they are closed. */
const CLOSE_LIMIT_MS = 3000;

let answered = () => {};

function ask(message) {
  return new Promise((resolve) => {
    answered = resolve;
    process.send(message);
  });
}

const parent = {
  arrived: (target, timeoutMs) => ask({ ask: 'arrived', target, timeoutMs }),
  request: (what) => ask({ ask: what }),
  report: (progress) => process.send({ progress }),
};

async function run({ sender: name, job, url, settings, options }) {
  const sender = await import(`./senders/${name}.mjs`);
  await sender.start(url, settings);
  const { within = (run) => run() } = sender;
  const result = await within(() => jobs[job](sender, { ...options, parent }));
  await Promise.race([
    Promise.resolve(sender.close()).catch(() => {}),
    new Promise((resolve) => setTimeout(resolve, CLOSE_LIMIT_MS)),
  ]);
  process.send({ result }, () => process.exit());
}

process.on('message', (message) => {
  if ('answer' in message) return answered(message.answer);
  // A job that fails must end the process with an error, which the parent reports.
  run(message).catch((error) => {
    console.error(error);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit());
