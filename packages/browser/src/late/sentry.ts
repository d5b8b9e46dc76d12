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
} from '@sentry/react';
import type { Sink } from '../eager/lane.ts';
import type { PageParts } from '../eager/page-parts.ts';
import type { ExceptionCall, SentryCall, SentrySettings } from '../eager/sentry.ts';
import type { AllowListModule } from '../plan.ts';
import { errorOf } from './error-of.ts';
import { createGate, type Gate, isHiddenUser } from './gate.ts';
import { createKeepingTransport } from './keeping-transport.ts';
import { createPageTracer } from './page-tracer.ts';
import { forgetKept, sendKept } from './send-kept.ts';
import { privateBreadcrumb, privateEvent, privateSpan } from './sentry-privacy.ts';

/** Requests of the tunnel itself; tracing them would make more of them. */
const TUNNEL_PATH = /^(?:https?:\/\/[^/]+)?\/o\//;
/** How the browser is called in errors and traces, beside the services. */
const SERVICE = 'web';
const OWN_ORIGIN = new RegExp(`^${location.origin.replace(/[.[\]]/g, '\\$&')}/(?!o/)`);

/** Starts the SDK with hand-chosen integrations: the default set would add 8 KB and collect what the plan does not list. */
export function start(
  settings: SentrySettings,
  allowList: AllowListModule | undefined,
  parts: PageParts,
): Sink<SentryCall> {
  const gate = createGate(allowList, parts.warnOnce);
  const { dsn, environment, release, tracesSampleRate, tunnel } = settings;
  const client = new BrowserClient({
    dsn,
    tunnel,
    environment,
    ...(release !== undefined && { release }),
    tracesSampleRate,
    tracePropagationTargets: [OWN_ORIGIN],
    transport: createKeepingTransport(parts),
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
    beforeSend: (event, hint) => privateEvent(event, hint, gate),
    beforeBreadcrumb: (breadcrumb) => privateBreadcrumb(breadcrumb, gate),
    beforeSendSpan: privateSpan,
  });
  const scope = getCurrentScope();
  scope.setClient(client);
  scope.setTag('service', SERVICE);
  // Tags are not applied to spans.
  scope.setAttribute('service.name', SERVICE);
  const { trace } = parts.page;
  if (trace)
    scope.setPropagationContext({ traceId: trace.traceId, sampleRand: Math.random(), sampled: trace.isSampled });
  client.init();
  const tracePage = createPageTracer(client, settings, parts.page);
  void sendKept(parts.keptKey);
  followReplayConsent(client, settings, parts);
  let userId: string | undefined;
  // Whose error it is counts as analytics: without consent an error is nobody's.
  const isNamed = (id: string) =>
    parts.consentState().analytics === 'granted' && !isHiddenUser(id, tunnel || dsn, parts.warnOnce);
  const nameUser = () => setUser(userId !== undefined && isNamed(userId) ? { id: userId } : null);
  parts.onConsentChange(nameUser);
  parts.onConsentChange(() => {
    if (parts.consentState().analytics === 'denied') forgetKept(parts.keptKey);
  });

  return (call, at) => {
    if (call.kind === 'exception') {
      // The tunnel drops the same of what a page leaves behind.
      if (isForeignError(call.facts, call.location?.filename)) client.recordDroppedEvent('event_processor', 'error');
      else capture(call, at, gate);
    } else if (call.kind === 'page') tracePage(call);
    else if (call.kind === 'user') {
      userId = call.userId;
      nameUser();
    } else {
      const { message, category = 'app', data } = call;
      addBreadcrumb({ message, category, data: gate.context(data), timestamp: at / 1000 });
    }
  };
}

function capture(call: ExceptionCall, at: number, gate: Gate): void {
  const { eventId, context = {}, mechanism, location: source, componentStack } = call;
  captureException(errorOf(call), {
    event_id: eventId,
    mechanism: { type: `auto.browser.${mechanism}`, handled: mechanism === 'manual' },
    // The SDK would give a thrown object or string the stack of this very function.
    syntheticException: null,
    captureContext: {
      extra: gate.context(context),
      ...(componentStack != null && { contexts: { react: { componentStack } } }),
    },
    data: { at, source },
  });
}

/** Starts and stops the recording with the person's answer. Its code, 39 KB, is fetched only when there is consent and the draw says so. */
function followReplayConsent(client: BrowserClient, settings: SentrySettings, parts: PageParts): void {
  const { consentState, onConsentChange, warnOnce } = parts;
  // What is no number counts as 0; the Vite plugin says so at build.
  const sessions = settings.replaysSessionSampleRate ?? Number(import.meta.env?.VITE_SENTRY_REPLAY_SAMPLE_RATE);
  const onError = settings.replaysOnErrorSampleRate ?? Number(import.meta.env?.VITE_SENTRY_REPLAY_ON_ERROR_SAMPLE_RATE);
  const isDrawn = Math.random() < sessions;
  if (!isDrawn && !(Math.random() < onError)) return;
  let replay: Promise<{ start(): void; stop(): unknown }> | undefined;

  const follow = () => {
    if (consentState().replay === 'granted') {
      replay ??= import('./replay.ts').then(({ addReplay }) => addReplay(client, isDrawn, warnOnce));
      replay.then((recording) => recording.start()).catch(fail);
    } else {
      replay?.then((recording) => recording.stop()).catch(fail);
    }
  };
  const fail = (error: unknown) => {
    replay = undefined;
    warnOnce(`the session recording could not be loaded (${error})`);
  };
  onConsentChange(follow);
  follow();
}
