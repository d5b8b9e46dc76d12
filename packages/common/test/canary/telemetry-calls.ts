import { Sentry } from '@qr/common';
import { activeSpan, attributesOf, captureIn, contextOf, errorWith, type Plant, textOf } from './contents.ts';
import type { Planted } from './secrets.ts';

const loggerCall = (level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal') => (planted: Planted) =>
  Sentry.logger[level](textOf(planted), contextOf(planted));
const metric = (kind: 'count' | 'gauge' | 'distribution') => (planted: Planted) =>
  Sentry.metrics[kind]('canaries', 1, { unit: 'none', attributes: { ...attributesOf(planted), job: planted.control } });

/** Calls that make spans, logs and metrics. */
export const telemetryCalls: Readonly<Record<string, Plant>> = {
  continueTrace: (planted) =>
    Sentry.continueTrace(
      {
        sentryTrace: `${'c'.repeat(32)}-${'d'.repeat(16)}-1`,
        baggage: `sentry-trace_id=${'c'.repeat(32)},sentry-transaction=${encodeURIComponent(planted.words)},sentry-user_segment=${planted.email},sentry-sampled=true`,
      },
      () => Sentry.startSpan({ name: planted.control }, () => captureIn(planted)),
    ),
  getActiveSpan: (planted) => activeSpan().setAttributes(attributesOf(planted)).addEvent(planted.words),
  getRootSpan: (planted) => Sentry.getRootSpan(activeSpan()).setAttributes(attributesOf(planted)),
  httpHeadersToSpanAttributes: (planted) =>
    activeSpan().setAttributes({
      ...Sentry.httpHeadersToSpanAttributes(
        { authorization: planted.keyed, 'x-customer': planted.words, cookie: `sid=${planted.keyed}` },
        { httpHeaders: { request: true, response: true }, cookies: true } as never,
      ),
      reason: planted.control,
    } as never),
  instrumentOpenAiClient: async (planted) => {
    const client = {
      chat: {
        completions: {
          create: async () => ({ id: planted.words, choices: [{ message: { content: planted.words } }] }),
        },
      },
    };
    await Sentry.instrumentOpenAiClient(client, { recordInputs: true, recordOutputs: true }).chat.completions.create(
      // @ts-expect-error the stand-in takes no arguments.
      { model: planted.control, messages: [{ role: 'user', content: `${planted.words} ${planted.email}` }] },
    );
    captureIn(planted);
  },
  'logger.debug': loggerCall('debug'),
  'logger.error': loggerCall('error'),
  'logger.fatal': loggerCall('fatal'),
  'logger.fmt': (planted) =>
    Sentry.logger.error(Sentry.logger.fmt`${planted.control} of ${planted.email} ${planted.labelled}`),
  'logger.info': loggerCall('info'),
  'logger.trace': loggerCall('trace'),
  'logger.warn': loggerCall('warn'),
  'metrics.count': metric('count'),
  'metrics.distribution': metric('distribution'),
  'metrics.gauge': metric('gauge'),
  'profiler.startProfiler': () => Sentry.profiler.startProfiler(),
  'profiler.stopProfiler': () => Sentry.profiler.stopProfiler(),
  setAttribute: (planted) => {
    Sentry.setAttribute('reason', textOf(planted));
    Sentry.setAttribute('customer', planted.words);
    Sentry.logger.error(planted.control);
  },
  setAttributes: (planted) => {
    Sentry.setAttributes(attributesOf(planted));
    Sentry.logger.error(planted.control);
  },
  setConversationId: (planted) => {
    Sentry.setConversationId(`${planted.words} ${planted.email}`);
    Sentry.startSpan({ name: planted.control }, () => captureIn(planted));
  },
  setHttpStatus: (planted) =>
    Sentry.setHttpStatus(activeSpan(), 500) ?? activeSpan().setStatus({ code: 2, message: textOf(planted) }),
  setMeasurement: (planted) =>
    Sentry.setMeasurement(planted.words, 1, planted.email) ?? Sentry.setTag('reason', planted.control),
  spanToBaggageHeader: (planted) =>
    Sentry.setTag('reason', `${planted.control} ${Sentry.spanToBaggageHeader(activeSpan())?.length}`),
  startInactiveSpan: (planted) =>
    Sentry.startInactiveSpan({ name: textOf(planted), op: 'task', attributes: attributesOf(planted) }).end(),
  startNewTrace: (planted) =>
    Sentry.startNewTrace(() => Sentry.startSpan({ name: textOf(planted) }, () => captureIn(planted))),
  startSpan: (planted) =>
    Sentry.startSpan(
      {
        name: textOf(planted),
        op: 'task',
        attributes: {
          ...attributesOf(planted),
          [planted.words]: 1,
          'url.full': `https://x.example/?q=${planted.words}`,
        },
        links: [{ context: activeSpan().spanContext(), attributes: attributesOf(planted) }],
      },
      (span) => {
        span.setAttribute('customer', planted.words).setStatus({ code: 2, message: planted.labelled });
        span.recordException(errorWith(planted));
      },
    ),
  startSpanManual: (planted) =>
    Sentry.startSpanManual({ name: textOf(planted), attributes: attributesOf(planted) }, (span) => span.end()),
  suppressTracing: (planted) => Sentry.suppressTracing(() => captureIn(planted)),
  trpcMiddleware: async (planted) => {
    const next = async () => ({ ok: false, error: errorWith(planted) });
    await Sentry.trpcMiddleware({ attachRpcInput: true })({
      path: 'canary',
      type: 'mutation',
      next: next as never,
      rawInput: contextOf(planted),
      getRawInput: async () => contextOf(planted),
    });
    captureIn(planted);
  },
  updateSpanName: (planted) => Sentry.updateSpanName(activeSpan(), textOf(planted)),
  withActiveSpan: (planted) => {
    const span = Sentry.startInactiveSpan({ name: planted.control });
    Sentry.withActiveSpan(span, () => activeSpan().setAttributes(attributesOf(planted)));
    span.end();
  },
  withStaticSpan: (planted) => {
    const beforeSendSpan = Sentry.withStaticSpan((span) => ({ ...span, description: planted.words }));
    if (typeof beforeSendSpan !== 'function') throw new Error('Expected a hook.');
    captureIn(planted);
  },
};
