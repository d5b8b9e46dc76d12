import { closeObservability, flushObservability, initializeMixpanel, Sentry } from '@qr/common';
import { buildServer } from '@qr/common/server';
import { commonCalls } from './common-calls.ts';
import { sdkCalls } from './sdk-calls.ts';
import { harmless, knownShapes, laterHarmless, laterShapes, plantedIn } from './secrets.ts';

// Error tracking is on by `--import @qr/common/instrument`.
initializeMixpanel();

// Calls that write to the console do so as the application: what it prints by itself is not what is looked for.
for (const method of ['assert', 'debug', 'trace'] as const) console[method] = () => undefined;

const calls = [
  ...Object.entries(commonCalls).map(([name, plant]) => [`common.${name}`, plant] as const),
  ...Object.entries(sdkCalls).map(([name, plant]) => [`Sentry.${name}`, plant] as const),
];
for (const [name, plant] of calls) {
  // Each in a scope and a span of its own; an error of the scope then carries what the call has left there.
  await Sentry.withIsolationScope(() =>
    Sentry.startNewTrace(() =>
      Sentry.startSpan({ name: 'canary', op: 'task' }, async () => {
        try {
          await plant(plantedIn(name));
        } catch (error) {
          process.stdout.write(`failed: ${name}: ${error instanceof Error ? error.name : 'unknown'}\n`);
        }
        Sentry.captureException(new Error('a carrier of what is in the scope'));
      }),
    ),
  );
}

const shapes = { ...knownShapes, ...laterShapes };
for (const [name, { text }] of Object.entries(shapes)) {
  await Sentry.withIsolationScope(() =>
    Sentry.startSpan({ name: `span of ${text}`, op: 'task', attributes: { reason: text } }, () => {
      Sentry.setTag('reason', text);
      Sentry.setContext('order', { step: text });
      Sentry.addBreadcrumb({ message: text, data: { action: text } });
      Sentry.logger.error(`log of ${text}`, { reason: text });
      Sentry.metrics.count('shapes', 1, { attributes: { reason: text } });
      Sentry.captureMessage(`message of ${text}`, 'error');
      Sentry.captureException(new Error(`shape-${name}-arrives ${text}`, { cause: new Error(text) }));
    }),
  );
}
for (const text of [...harmless, ...laterHarmless]) {
  Sentry.captureException(new Error(`harmless <${text}>`));
  Sentry.logger.error(`harmless line <${text}>`, { reason: text });
}

// The calls above hold up the loop, for which it would turn requests away.
const app = buildServer({ maxEventLoopDelayMs: 60_000 });
const server = plantedIn('server');
app.post('/canary/:name', async (request) => {
  request.log.warn({ reason: server.control, password: server.keyed }, 'a line');
  throw new Error(`${server.control} ${server.email} ${server.labelled}`);
});
const origin = await app.listen({ port: 0 });
await fetch(
  `${origin}/canary/${encodeURIComponent(server.email)}?token=${server.keyed}&q=${encodeURIComponent(server.words)}`,
  {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.keyed}`,
      cookie: `sid=${server.keyed}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ password: server.keyed, customer: server.words }),
  },
);
await app.close();

await flushObservability(8_000);
await closeObservability();
process.stdout.write(`planted: ${calls.length} calls, ${Object.keys(shapes).length} shapes\n`);
