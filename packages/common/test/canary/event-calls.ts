import { EventEmitter } from 'node:events';
import { Sentry } from '@qr/common';
import { attributesOf, captureIn, contextOf, errorWith, type Plant, textOf } from './contents.ts';
import type { Planted } from './secrets.ts';

const fillScope = (scope: Sentry.Scope, planted: Planted) => {
  const { email, keyed, words } = planted;
  scope.setTag('reason', textOf(planted));
  scope.setTags(attributesOf(planted));
  scope.setExtra('operation', contextOf(planted));
  scope.setExtras(contextOf(planted));
  scope.setContext('order', contextOf(planted));
  scope.setAttributes(attributesOf(planted));
  scope.setUser({ id: `${planted.control}-user`, email, username: words, ip_address: '203.0.113.7', token: keyed });
  scope.addBreadcrumb({ message: textOf(planted), data: contextOf(planted) });
  scope.addAttachment({ filename: `${words}.txt`, data: `${words} ${keyed}` });
  scope.addEventProcessor((event) => ({ ...event, agent: words, extra: { ...event.extra, ...contextOf(planted) } }));
  scope.setFingerprint([textOf(planted)]);
  scope.setTransactionName(`/people/${textOf(planted)}`);
};

/** Calls that make errors and messages, or fill the scopes that they are sent with. */
export const eventCalls: Readonly<Record<string, Plant>> = {
  Scope: (planted) => {
    const scope = new Sentry.Scope();
    fillScope(scope, planted);
    Sentry.captureException(errorWith(planted), scope);
  },
  addBreadcrumb: (planted) =>
    Sentry.addBreadcrumb({ category: planted.words, message: textOf(planted), data: contextOf(planted) }),
  addEventProcessor: (planted) =>
    Sentry.addEventProcessor((event) =>
      event.tags?.['reason'] === planted.control
        ? { ...event, extra: contextOf(planted), agent: planted.words }
        : event,
    ) ?? Sentry.setTag('reason', planted.control),
  bindScopeToEmitter: (planted) => {
    const emitter = new EventEmitter();
    Sentry.getCurrentScope().setExtras(contextOf(planted));
    Sentry.bindScopeToEmitter(emitter as never);
    emitter.once('told', () => captureIn(planted));
    emitter.emit('told');
  },
  captureEvent: (planted) =>
    Sentry.captureEvent({
      message: textOf(planted),
      logentry: { message: textOf(planted), params: [planted.words] },
      exception: {
        values: [
          {
            type: `Type ${planted.email}`,
            value: textOf(planted),
            customer: planted.words,
            mechanism: { type: planted.email, customer: planted.words, data: contextOf(planted) as never },
            stacktrace: {
              customer: planted.words,
              frames: [
                {
                  function: planted.email,
                  vars: contextOf(planted),
                  context_line: planted.labelled,
                  customer: planted.words,
                },
              ],
            },
          },
        ],
      },
      request: {
        url: `https://x.example/${planted.words}?q=${planted.words}`,
        data: contextOf(planted),
        query_string: `q=${planted.words}`,
        headers: { authorization: planted.keyed, 'x-customer': planted.words },
        cookies: { sid: planted.keyed },
        env: { NAME: planted.words },
      },
      contexts: {
        order: contextOf(planted),
        device: { name: planted.words },
        trace: { data: contextOf(planted) } as never,
      },
      user: { id: planted.control, email: planted.email, username: planted.words, geo: { city: planted.words } },
      tags: attributesOf(planted),
      extra: contextOf(planted),
      fingerprint: [textOf(planted)],
      breadcrumbs: [{ message: textOf(planted), data: contextOf(planted), customer: planted.words }],
      sdk: { name: 'canary', version: '1', customer: planted.words },
      debug_meta: { images: [{ type: 'sourcemap', code_file: 'a.js', customer: planted.words }] },
      transaction_info: { source: 'custom', customer: planted.words },
      threads: { values: [{ name: planted.words }] } as never,
      modules: { [planted.words]: planted.words },
      server_name: planted.email,
      agent: planted.words,
    } as never),
  captureException: (planted) =>
    Sentry.captureException(errorWith(planted), {
      captureContext: { extra: contextOf(planted), tags: attributesOf(planted), user: { email: planted.email } },
      attachments: [{ filename: `${planted.words}.txt`, data: planted.words }],
      data: contextOf(planted),
      mechanism: { type: 'canary', data: contextOf(planted) as never },
    } as never),
  captureMessage: (planted) => Sentry.captureMessage(textOf(planted), { level: 'error', extra: contextOf(planted) }),
  getClient: (planted) => {
    const client = Sentry.getClient();
    client?.captureException(errorWith(planted), { attachments: [{ filename: 'a', data: planted.words }] });
    client?.captureEvent({ message: textOf(planted), extra: contextOf(planted) });
    client?.captureMessage(textOf(planted), 'error');
  },
  getCurrentScope: (planted) => fillScope(Sentry.getCurrentScope(), planted),
  getGlobalScope: (planted) => {
    const scope = Sentry.getGlobalScope();
    scope.setExtras(contextOf(planted));
    scope.setUser({ id: planted.email, username: planted.words });
    captureIn(planted);
    // Else it would lie on everything that is captured from now on.
    setImmediate(() =>
      scope.setUser(null).setExtras(Object.fromEntries(Object.keys(contextOf(planted)).map((key) => [key, undefined]))),
    );
  },
  getIsolationScope: (planted) => fillScope(Sentry.getIsolationScope(), planted),
  lastEventId: (planted) => {
    captureIn(planted);
    Sentry.setTag('reason', String(Sentry.lastEventId()));
  },
  parameterize: (planted) =>
    Sentry.captureMessage(
      Sentry.parameterize`${planted.control} of ${planted.email} ${planted.labelled}` as string,
      'error',
    ),
  setContext: (planted) =>
    Sentry.setContext(`order of ${planted.words}`, contextOf(planted)) ??
    Sentry.setContext('order', contextOf(planted)),
  setExtra: (planted) => {
    Sentry.setExtra('reason', textOf(planted));
    Sentry.setExtra('customer', planted.words);
    Sentry.setExtra('password', planted.keyed);
  },
  setExtras: (planted) => Sentry.setExtras(contextOf(planted)),
  setTag: (planted) => {
    Sentry.setTag('reason', textOf(planted));
    Sentry.setTag('customer', planted.words);
    Sentry.setTag('password', planted.keyed);
    Sentry.setTag(planted.words.replaceAll(' ', '.'), 1);
  },
  setTags: (planted) => Sentry.setTags(attributesOf(planted)),
  setUser: (planted) =>
    Sentry.setUser({
      id: `${planted.control}-user`,
      email: planted.email,
      username: planted.words,
      ip_address: '203.0.113.9',
      geo: { city: planted.words },
      password: planted.keyed,
    }),
  withIsolationScope: (planted) =>
    Sentry.withIsolationScope((scope) => {
      fillScope(scope, planted);
      captureIn(planted);
    }),
  withScope: (planted) =>
    Sentry.withScope((scope) => {
      fillScope(scope, planted);
      captureIn(planted);
    }),
};
