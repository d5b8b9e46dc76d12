import { isForeignError } from '@qr/telemetry/privacy';
import {
  addBreadcrumb,
  BrowserClient,
  breadcrumbsIntegration,
  browserTracingIntegration,
  captureException,
  defaultStackParser,
  getCurrentScope,
  linkedErrorsIntegration,
  setUser,
} from '@sentry/browser';
import type { Sink } from '../eager/lane.ts';
import type { PageParts } from '../eager/page-parts.ts';
import type { ExceptionCall, SentryCall } from '../eager/sentry-call.ts';
import type { SentrySettings } from '../eager/sentry-lane.ts';
import { plannedContext } from '../plan/planned-context.ts';
import { errorOf } from './error-of.ts';
import { isHiddenUser } from './hidden-user.ts';
import { createKeepingTransport } from './keeping-transport.ts';
import { createPageTracer } from './page-tracer.ts';
import { followReplayConsent } from './replay-consent.ts';
import { forgetKept, sendKept } from './send-kept.ts';
import { privateBreadcrumb, privateEvent, privateSpan } from './sentry-privacy.ts';

/** Requests of the tunnel itself; tracing them would make more of them. */
const TUNNEL_PATH = /^(?:https?:\/\/[^/]+)?\/o\//;
/** How the browser is called in errors and traces, beside the services. */
const SERVICE = 'web';
const OWN_ORIGIN = new RegExp(`^${location.origin.replace(/[.[\]]/g, '\\$&')}/(?!o/)`);

/** Starts the SDK with hand-chosen integrations: the default set would add 8 KB and collect what the plan does not list. */
export function startSentry(settings: SentrySettings, page: PageParts): Sink<SentryCall> {
  const { dsn, environment, release, tracesSampleRate, tunnel } = settings;
  const client = new BrowserClient({
    dsn,
    tunnel,
    environment,
    ...(release !== undefined && { release }),
    tracesSampleRate,
    tracePropagationTargets: [OWN_ORIGIN],
    transport: createKeepingTransport(page),
    stackParser: defaultStackParser,
    integrations: [
      linkedErrorsIntegration(),
      // Labels and titles of elements may quote what a person typed.
      breadcrumbsIntegration({ dom: { serializeAttribute: ['type', 'name'] }, sentry: false }),
      // Pages are named by the router, which knows the pattern; see page-tracer.ts.
      browserTracingIntegration({
        instrumentPageLoad: false,
        instrumentNavigation: false,
        shouldCreateSpanForRequest: (url) => !TUNNEL_PATH.test(url),
      }),
    ],
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
  const trace = page.pageTrace();
  if (trace)
    scope.setPropagationContext({ traceId: trace.traceId, sampleRand: Math.random(), sampled: trace.isSampled });
  client.init();
  page.handOverRequests();
  void sendKept(page.keptKey);
  const tracePage = createPageTracer(client, settings, page);
  followReplayConsent(client, settings, page);
  let userId: string | undefined;
  // Whose error it is counts as analytics: without consent an error is nobody's.
  const isNamed = (id: string) =>
    page.consentState().analytics === 'granted' && !isHiddenUser(id, tunnel || dsn, page.warnOnce);
  const nameUser = () => setUser(userId !== undefined && isNamed(userId) ? { id: userId } : null);
  page.onConsentChange(nameUser);
  page.onConsentChange(() => {
    if (page.consentState().analytics === 'denied') forgetKept(page.keptKey);
  });

  return (call, at) => {
    if (call.kind === 'exception') {
      // The tunnel drops the same of what a page leaves behind.
      if (isForeignError(call.facts, call.location?.filename)) client.recordDroppedEvent('event_processor', 'error');
      else capture(call, at, page);
    } else if (call.kind === 'page') tracePage(call);
    else if (call.kind === 'user') {
      userId = call.userId;
      nameUser();
    } else {
      const { message, category = 'app', data } = call;
      addBreadcrumb({ message, category, data: plannedContext(data, page.warnOnce), timestamp: at / 1000 });
    }
  };
}

function capture(call: ExceptionCall, at: number, { warnOnce }: PageParts): void {
  const { eventId, context = {}, mechanism, location: source, componentStack } = call;
  captureException(errorOf(call), {
    event_id: eventId,
    mechanism: { type: `auto.browser.${mechanism}`, handled: mechanism === 'manual' },
    // The SDK would give a thrown object or string the stack of this very function.
    syntheticException: null,
    captureContext: {
      extra: plannedContext(context, warnOnce),
      ...(componentStack != null && { contexts: { react: { componentStack } } }),
    },
    data: { at, source },
  });
}
