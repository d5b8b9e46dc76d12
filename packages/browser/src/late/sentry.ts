import {
  addBreadcrumb,
  BrowserClient,
  breadcrumbsIntegration,
  browserTracingIntegration,
  captureException,
  dedupeIntegration,
  defaultStackParser,
  eventFiltersIntegration,
  getCurrentScope,
  linkedErrorsIntegration,
  setUser,
} from '@sentry/react';
import { isGranted, onConsentChange } from '../consent/consent.ts';
import type { Sink } from '../eager/call-queue.ts';
import { handOverRequests, pageTrace } from '../eager/page-trace.ts';
import type { ExceptionCall, SentryCall } from '../eager/sentry-call.ts';
import type { SentrySettings } from '../eager/sentry-lane.ts';
import { plannedContext } from '../plan/planned-context.ts';
import { makeKeepingTransport } from './keeping-transport.ts';
import { createPageTracer } from './page-tracer.ts';
import { followReplayConsent } from './replay-consent.ts';
import { privateBreadcrumb, privateEvent, privateSpan } from './sentry-privacy.ts';

/** Requests of the tunnel itself; tracing them would make more of them. */
const TUNNEL_PATH = /^(?:https?:\/\/[^/]+)?\/o\//;
/** How the browser is called in errors and traces, beside the services. */
const SERVICE = 'web';
const OWN_ORIGIN = new RegExp(`^${location.origin.replace(/[.[\]]/g, '\\$&')}/(?!o/)`);

/** Starts the SDK with hand-chosen integrations: the default set would add 8 KB and collect what the plan does not list. */
export function startSentry(settings: SentrySettings): Sink<SentryCall> {
  const { dsn, environment, release, tracesSampleRate, tunnel } = settings;
  const client = new BrowserClient({
    dsn,
    tunnel,
    environment,
    ...(release !== undefined && { release }),
    tracesSampleRate,
    tracePropagationTargets: [OWN_ORIGIN],
    transport: makeKeepingTransport,
    stackParser: defaultStackParser,
    integrations: [
      eventFiltersIntegration(),
      linkedErrorsIntegration(),
      dedupeIntegration(),
      // Labels and titles of elements may quote what a person typed.
      breadcrumbsIntegration({ dom: { serializeAttribute: ['type', 'name'] }, sentry: false }),
      // Pages are named by the router, which knows the pattern; see page-tracer.ts.
      browserTracingIntegration({
        instrumentPageLoad: false,
        instrumentNavigation: false,
        shouldCreateSpanForRequest: (url) => !TUNNEL_PATH.test(url),
      }),
    ],
    // A browser quirk without consequence: https://github.com/w3c/csswg-drafts/issues/5023
    ignoreErrors: [/^ResizeObserver loop/],
    dataCollection: {
      userInfo: false,
      cookies: false,
      httpHeaders: { request: false, response: false },
      urlQueryParams: false,
      httpBodies: [],
    },
    beforeSend: privateEvent,
    beforeBreadcrumb: privateBreadcrumb,
    beforeSendSpan: privateSpan,
  });
  const scope = getCurrentScope();
  scope.setClient(client);
  scope.setTag('service', SERVICE);
  // Tags are not applied to spans.
  scope.setAttribute('service.name', SERVICE);
  const trace = pageTrace();
  if (trace)
    scope.setPropagationContext({ traceId: trace.traceId, sampleRand: Math.random(), sampled: trace.isSampled });
  client.init();
  handOverRequests();
  const tracePage = createPageTracer(client, settings);
  followReplayConsent(client, settings);
  let userId: string | undefined;
  // Whose error it is counts as analytics: without consent an error is nobody's.
  const nameUser = () => setUser(userId !== undefined && isGranted() ? { id: userId } : null);
  onConsentChange(nameUser);

  return (call, at) => {
    if (call.kind === 'exception') capture(call, at);
    else if (call.kind === 'page') tracePage(call);
    else if (call.kind === 'user') {
      userId = call.userId;
      nameUser();
    } else {
      const { message, category = 'app', data } = call;
      addBreadcrumb({ message, category, data: plannedContext(data), timestamp: at / 1000 });
    }
  };
}

function capture(call: ExceptionCall, at: number): void {
  const { error, eventId, context = {}, mechanism, location: source, componentStack } = call;
  captureException(error, {
    event_id: eventId,
    mechanism: { type: `auto.browser.${mechanism}`, handled: mechanism === 'manual' },
    // The SDK would give a thrown object or string the stack of this very function.
    syntheticException: null,
    captureContext: {
      extra: plannedContext(context),
      ...(componentStack !== undefined && { contexts: { react: { componentStack } } }),
    },
    data: { at, source },
  });
}
