import { EventEmitter } from 'node:events';
import { Sentry } from '@qr/common';
import { captureIn, contextOf, errorWith, type Plant, textOf } from './contents.ts';

/** With an integration that somebody adds after the start. */
const withIntegration = (integration: Parameters<typeof Sentry.addIntegration>[0], act: Plant): Plant => {
  return (planted) => {
    Sentry.addIntegration(integration);
    return act(planted);
  };
};

/** Calls that make check-ins, sessions and feedback, and integrations and adapters that somebody adds. */
export const otherCalls: Readonly<Record<string, Plant>> = {
  addIntegration: (planted) =>
    Sentry.addIntegration({
      name: 'Canary',
      processEvent: (event) =>
        event.tags?.['reason'] === planted.control
          ? { ...event, extra: contextOf(planted), agent: planted.words }
          : event,
    }) ?? Sentry.setTag('reason', planted.control),
  captureCheckIn: (planted) =>
    Sentry.captureCheckIn(
      {
        monitorSlug: `canary-${planted.control}`,
        status: 'ok',
        owner: planted.words,
        password: planted.keyed,
      } as never,
      { schedule: { type: 'crontab', value: '* * * * *' }, owner: planted.email } as never,
    ),
  captureConsoleIntegration: withIntegration(Sentry.captureConsoleIntegration({ levels: ['assert'] }), (planted) => {
    console.assert(false, textOf(planted));
  }),
  captureFeedback: (planted) =>
    Sentry.captureFeedback(
      {
        message: textOf(planted),
        name: planted.words,
        email: planted.email,
        url: `https://x.example/?q=${planted.words}`,
      },
      { attachments: [{ filename: 'form.txt', data: planted.words }] },
    ),
  captureSession: (planted) => {
    Sentry.startSession({ did: planted.email, ipAddress: '203.0.113.8', userAgent: planted.words });
    Sentry.captureSession();
    Sentry.setTag('reason', planted.control);
  },
  consoleIntegration: withIntegration(Sentry.consoleIntegration({ levels: ['debug'] } as never), (planted) => {
    console.debug(textOf(planted), contextOf(planted));
    Sentry.setTag('reason', planted.control);
  }),
  consoleLoggingIntegration: withIntegration(Sentry.consoleLoggingIntegration({ levels: ['trace'] }), (planted) => {
    console.trace('%s', textOf(planted), { password: planted.keyed });
  }),
  createConsolaReporter: (planted) =>
    Sentry.createConsolaReporter().log({
      type: 'error',
      level: 0,
      tag: planted.words,
      args: [textOf(planted), { password: planted.keyed }],
    }),
  createSentryWinstonTransport: (planted) => {
    class Transport extends EventEmitter {}
    const WinstonTransport = Sentry.createSentryWinstonTransport(Transport as never) as unknown as new () => {
      log(info: object, done: () => void): void;
    };
    new WinstonTransport().log(
      { [Symbol.for('level')]: 'error', level: 'error', message: textOf(planted), ...contextOf(planted) },
      () => {},
    );
  },
  'cron.instrumentCron': (planted) => {
    const CronJob = { from: ({ onTick }: { onTick: () => unknown }) => onTick() };
    const Job = Sentry.cron.instrumentCron(CronJob as never, `canary-${planted.control}`) as unknown as typeof CronJob;
    return Job.from({ cronTime: '* * * * *', onTick: () => captureIn(planted) } as never);
  },
  'cron.instrumentNodeCron': (planted) => {
    const schedule = { schedule: (_rule: string, run: () => void) => run() };
    const cron = Sentry.cron.instrumentNodeCron(schedule as never) as unknown as {
      schedule(rule: string, run: () => unknown, options: object): unknown;
    };
    return Promise.resolve(cron.schedule('* * * * *', () => captureIn(planted), { name: `canary-${planted.control}` }));
  },
  'cron.instrumentNodeSchedule': (planted) => {
    const library = { scheduleJob: (_name: string, _rule: string, run: () => void) => run() };
    const schedule = Sentry.cron.instrumentNodeSchedule(library as never) as unknown as typeof library;
    return schedule.scheduleJob(`canary-${planted.control}`, '* * * * *', () => captureIn(planted));
  },
  endSession: (planted) => {
    Sentry.startSession({ did: planted.email, userAgent: planted.words });
    Sentry.endSession();
    Sentry.setTag('reason', planted.control);
  },
  extraErrorDataIntegration: withIntegration(Sentry.extraErrorDataIntegration({ depth: 5 }), captureIn),
  featureFlagsIntegration: withIntegration(Sentry.featureFlagsIntegration(), (planted) => {
    Sentry.getClient()
      ?.getIntegrationByName<Sentry.FeatureFlagsIntegration>('FeatureFlags')
      ?.addFeatureFlag(planted.words, true);
    captureIn(planted);
  }),
  linkedErrorsIntegration: withIntegration(Sentry.linkedErrorsIntegration(), (planted) =>
    Sentry.captureException(new Error(planted.control, { cause: errorWith(planted) })),
  ),
  requestDataIntegration: withIntegration(Sentry.requestDataIntegration(), (planted) => {
    Sentry.getIsolationScope().setSDKProcessingMetadata({
      normalizedRequest: {
        url: `https://x.example/?q=${planted.words}`,
        data: JSON.stringify(contextOf(planted)),
        headers: { authorization: planted.keyed, 'x-customer': planted.words },
        cookies: { sid: planted.keyed },
      },
    });
    captureIn(planted);
  }),
  rewriteFramesIntegration: withIntegration(Sentry.rewriteFramesIntegration({ root: '/nowhere' }), captureIn),
  startSession: (planted) => {
    Sentry.startSession({
      did: planted.email,
      ipAddress: '203.0.113.10',
      userAgent: planted.words,
      user: { email: planted.email },
    } as never);
    captureIn(planted);
  },
  systemErrorIntegration: withIntegration(Sentry.systemErrorIntegration({ includePaths: true }), (planted) =>
    Sentry.captureException(
      Object.assign(errorWith(planted), {
        code: 'ENOENT',
        errno: -2,
        syscall: 'open',
        path: `/${planted.email}`,
        dest: planted.words,
      }),
    ),
  ),
  withMonitor: (planted) => {
    try {
      Sentry.withMonitor(
        `canary-${planted.control}`,
        () => {
          throw errorWith(planted);
        },
        { schedule: { type: 'crontab', value: '* * * * *' }, owner: planted.email } as never,
      );
    } catch (error) {
      Sentry.captureException(error);
    }
  },
  zodErrorsIntegration: withIntegration(Sentry.zodErrorsIntegration({ saveZodIssuesAsAttachment: true }), (planted) => {
    const error = Object.assign(errorWith(planted), {
      name: 'ZodError',
      issues: [
        {
          code: 'custom',
          path: ['password'],
          message: textOf(planted),
          received: planted.keyed,
          customer: planted.words,
        },
      ],
    });
    Sentry.captureException(error);
  }),
};
