import type { Envelope } from '@sentry/core';
import type { Breadcrumb, Event } from '@sentry/node';
import type { Core } from '../core.ts';
import { type Scrubber, scrubText, stripUrl } from '../privacy/index.ts';
import { type AllowList, createAllowList, isIdentifier, isSdkId, routeOf } from './allow-list.ts';
import { fittingBreadcrumbs, fittingExceptions, fittingValue } from './event-size.ts';

type Json = Record<string, unknown>;
type Item = readonly [headers: { readonly type: string }, payload: unknown];

/** The only filter between the SDK and the network: the plan decides what stays, the scrubber cleans it. */
export interface Gate {
  readonly scrubber: Scrubber;
  /** Returns the planned part of a context as it is now, without secrets. */
  readonly plannedContext: AllowList['plannedContext'];
  /** Scrubs a log line, in which the ids of the SDK stay whole. */
  readonly redactLine: (value: unknown) => unknown;
  /**
   * Filters every item of an envelope. Nothing goes around it, neither values that are set past our functions nor those that an event processor adds.
   * Never throws.
   */
  scrubEnvelope(envelope: Envelope): Envelope;
}

export interface GateOptions {
  readonly core: Pick<Core, 'plan' | 'people' | 'warnOnce'>;
  readonly scrubber: Scrubber;
  /** Counts the context keys that the plan does not list. */
  readonly counters: { unplanned_context: number };
  /** The folder to which paths of stack frames are made relative. @default none: they stay as they are */
  readonly root?: string;
}

export function createGate({ core, scrubber, counters, root }: GateOptions): Gate {
  const allowList = createAllowList(core, scrubber, counters);
  const relateFrames = root === undefined ? () => {} : createRelativeFrames(root);
  const redact = scrubber.redactExcept((key, text) =>
    isSdkId(key, text) ? text : core.people.personalIdUnder(key, text),
  );

  function scrubItem(type: string, payload: unknown): unknown {
    try {
      const json = asJson(payload);
      if (json) return filterItem(type, json);
    } catch {
      // A payload that cannot be read is not sent.
    }
    core.warnOnce(`A Sentry item of type "${type}" was left out: only JSON can be searched for secrets.`);
    return undefined;
  }

  function filterItem(type: string, payload: Json): unknown {
    if (Array.isArray(payload['items'])) return { ...payload, items: payload['items'].map(filterTelemetry) };
    if (type === 'event' || type === 'transaction' || type === 'feedback') return filterEvent(payload);
    if (type === 'profile_chunk' || type === 'profile') return filterProfile(payload);
    if (type === 'session' || type === 'sessions') return filterSession(payload);
    return redact(payload);
  }

  /** A span, a log line or a metric. */
  function filterTelemetry({ attributes = {}, name, links, ...rest }: Json): unknown {
    const kept = redact(rest) as Json;
    if (typeof kept['body'] === 'string') kept['body'] = kept['body'].replace(QUERY, '');
    if (typeof name === 'string') kept['name'] = nameOf(name, attributes as Json);
    if (Array.isArray(links)) kept['links'] = links.map((link: Json) => filterTelemetry(link));
    kept['attributes'] = allowList.attributesOf(attributes as Json);
    return kept;
  }

  /** A query's span may be named by its statement, one of a request by its URL. */
  function nameOf(name: string, attributes: Json): string {
    if ('db.system' in attributes || 'db.system.name' in attributes) return allowList.statementOf(name, attributes);
    // Scrubbed first, because the removed part may hold the sign between a label and its secret.
    return scrubber.scrubText(name).replace(/[?#]\S*/g, '');
  }

  function filterEvent(payload: Json): unknown {
    const planned = plannedEvent(payload as Event & Json);
    // Each field is limited by itself, so that no large one uses up the room of others.
    const event = Object.fromEntries(
      Object.entries(planned).map(([field, value]) => [field, fittingValue(redactField(field, value))]),
    );
    const { exception, debug_meta: images, breadcrumbs, spans } = payload as Event;
    if (Array.isArray(exception?.values)) {
      event['exception'] = { values: fittingExceptions(exception.values.map(exceptionOf), redact) };
    }
    // Ties the frames of a built page to its source maps: one entry for each file, never personal.
    if (images)
      event['debug_meta'] = redact({ images: listOf(images.images).map((image) => pick(image, IMAGE_FIELDS)) });
    if (Array.isArray(breadcrumbs)) event['breadcrumbs'] = fittingBreadcrumbs(breadcrumbs, breadcrumbOf);
    if (Array.isArray(spans)) event['spans'] = (redact(spans) as Json[]).map(filterStaticSpan);
    return event;
  }

  /** The fields of an event that may leave, except those that are lists. */
  function plannedEvent(payload: Event & Json): Json {
    relateFrames(payload);
    const event = pick(payload, EVENT_FIELDS);
    const { user, logentry, extra, tags, contexts, sdk, transaction_info: info, request } = event as Event;
    if (user) event['user'] = user.id === undefined ? {} : { id: user.id };
    // The text already holds the values that were put into it.
    if (logentry) event['logentry'] = pick(logentry as Json, ['message']);
    if (extra) event['extra'] = allowList.plannedContext(extra);
    if (tags) event['tags'] = allowList.plannedContext(tags);
    if (sdk) event['sdk'] = pick(sdk as Json, SDK_FIELDS);
    if (info) event['transaction_info'] = { source: info.source };
    if (contexts) {
      event['contexts'] = Object.fromEntries(
        Object.entries(contexts).flatMap(([name, context]) => {
          const kept = allowList.contextOf(name, context);
          return kept ? [[isIdentifier(name) ? name : 'context', kept]] : [];
        }),
      );
    }
    if (request) {
      const { method, url } = request;
      const path = url && allowList.pathOf(stripUrl(url), routeOf(payload.transaction));
      event['request'] = { ...(method && { method }), ...(path && { url: path }) };
    }
    return event;
  }

  /** The names of keys decide what is secret. */
  function redactField(field: string, value: unknown): unknown {
    return (redact({ [field]: value }) as Json)[field];
  }

  function exceptionOf(exception: Exception): Json {
    const { mechanism, stacktrace } = exception;
    const kept = pick(exception as Json, EXCEPTION_FIELDS);
    if (mechanism) {
      const data = mechanism.data && { data: allowList.plannedContext(mechanism.data) };
      kept['mechanism'] = { type: 'generic', ...pick(mechanism as unknown as Json, MECHANISM_FIELDS), ...data };
    }
    if (stacktrace) {
      kept['stacktrace'] = { frames: listOf(stacktrace.frames).map((frame) => pick(frame, EVENT_FRAME_FIELDS)) };
    }
    return kept;
  }

  function breadcrumbOf(breadcrumb: unknown): Breadcrumb | null {
    if (typeof breadcrumb !== 'object' || breadcrumb === null) return null;
    const { message, data, ...rest } = breadcrumb as Breadcrumb;
    return allowList.breadcrumbOf({
      ...(redact(rest) as Breadcrumb),
      ...(message !== undefined && { message: String(message) }),
      ...(typeof data === 'object' && data !== null && { data }),
    });
  }

  /** A span within a transaction, as the SDK's static mode sends it. */
  function filterStaticSpan({ data = {}, description, ...rest }: Json): unknown {
    const name = typeof description === 'string' ? nameOf(description, data as Json) : undefined;
    return { ...rest, ...(name !== undefined && { description: name }), data: allowList.attributesOf(data as Json) };
  }

  /** Without `did`, which the SDK takes from the id, the address or the name of the user, whichever is there. */
  function filterSession({ did: _did, attrs, ...rest }: Json): unknown {
    const { release, environment } = (attrs ?? {}) as Json;
    return redact({ ...rest, attrs: { release, environment } });
  }

  /** Samples and stacks are thousands of numbers, and refer to the list of frames by position: none of them may be cut short. */
  function filterProfile({ profile, ...rest }: Json): unknown {
    const { samples, stacks, frames, thread_metadata } = (profile ?? {}) as Json;
    return {
      ...(redact(rest) as Json),
      profile: {
        samples: listOf(samples).map((sample) => pick(sample, SAMPLE_FIELDS)),
        stacks: listOf(stacks).map((stack) => listOf(stack).map(Number)),
        frames: listOf(frames).map((frame) => redact(pick(frame, PROFILE_FRAME_FIELDS))),
        thread_metadata: redact(thread_metadata),
      },
    };
  }

  /** The trace may come from outside, with whatever its sender put into it. */
  function scrubHeaders(headers: Json): Json {
    const { trace } = headers;
    return { ...pick(headers, HEADERS), ...(trace ? { trace: redact(pick(trace, TRACE_HEADERS)) } : {}) };
  }

  return {
    scrubber,
    plannedContext: allowList.plannedContext,
    redactLine: scrubber.redactExcept((key, text) =>
      isIdOfLine(key, text) ? text : core.people.personalIdUnder(key, text),
    ),
    scrubEnvelope([headers, items]) {
      const scrubbed = (items as readonly Item[]).flatMap(([itemHeaders, payload]) => {
        const clean = scrubItem(itemHeaders.type, payload);
        return clean === undefined ? [] : [[itemHeaders, clean]];
      });
      return [scrubHeaders(headers as Json), scrubbed] as unknown as Envelope;
    },
  };
}

type Exception = NonNullable<NonNullable<Event['exception']>['values']>[number];

const EVENT_FIELDS = [
  ...['event_id', 'type', 'timestamp', 'start_timestamp', 'platform', 'level', 'logger', 'server_name', 'release'],
  ...['dist', 'environment', 'message', 'logentry', 'fingerprint', 'transaction', 'transaction_info'],
  ...['request', 'user', 'contexts', 'extra', 'tags', 'sdk'],
];
const EXCEPTION_FIELDS = ['type', 'value', 'module', 'thread_id'];
const MECHANISM_FIELDS = ['type', 'handled', 'synthetic', 'source', 'exception_id', 'parent_id', 'is_exception_group'];
/** Without the values of variables. */
const EVENT_FRAME_FIELDS = [
  ...['filename', 'module', 'function', 'platform', 'lineno', 'colno', 'abs_path', 'in_app', 'debug_id'],
  ...['context_line', 'pre_context', 'post_context', 'instruction_addr', 'addr_mode', 'module_metadata'],
];
const PROFILE_FRAME_FIELDS = ['function', 'module', 'filename', 'abs_path', 'lineno', 'colno', 'in_app'];
const SAMPLE_FIELDS = ['stack_id', 'thread_id', 'timestamp', 'elapsed_since_start_ns'];
const SDK_FIELDS = ['name', 'version', 'integrations', 'packages', 'settings'];
const IMAGE_FIELDS = ['type', 'code_file', 'debug_id', 'debug_file'];
const HEADERS = ['event_id', 'sent_at', 'dsn', 'sdk'];
const TRACE_HEADERS = [
  ...['trace_id', 'public_key', 'org_id', 'sample_rate', 'sample_rand', 'sampled', 'release', 'environment'],
];
/** The query of a URL in the sentence of a log line. */
const QUERY = /\?[^\s"'<>=?]{1,64}=[^\s"'<>]*/g;

/** Attachments and recordings are bytes. */
function asJson(payload: unknown): Json | undefined {
  const value: unknown = typeof payload === 'string' ? JSON.parse(payload) : payload;
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) ? (value as Json) : undefined;
}

function pick(source: unknown, names: readonly string[]): Json {
  const picked: Json = {};
  const from = (source ?? {}) as Json;
  for (const name of names) if (from[name] !== undefined) picked[name] = from[name];
  return picked;
}

/** Types do not hold for what a page has sent. */
function listOf<Item>(list: readonly Item[] | undefined): readonly Item[];
function listOf(list: unknown): readonly unknown[];
function listOf(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [];
}

/** Log lines name ids in camelCase. */
function isIdOfLine(key: string, text: string): boolean {
  // Cheaper than taking each key apart.
  if (![16, 32, 36].includes(text.length)) return false;
  return isSdkId(
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    text,
  );
}

/**
 * Returns the function that makes the paths of an event's stack frames relative to the application's root, in place: the folder of an installation,
 * such as somebody's home folder, says nothing about the error. Images of debug ids are renamed alike, because Sentry joins them by path.
 */
export function createRelativeFrames(root: string): (event: Event) => void {
  // A page's frames come with paths from which a name has been removed.
  const roots = [root, scrubText(root)].map((path) => `${path.replaceAll('\\', '/').replace(/\/$/, '')}/`);
  const relative = (path: string) => {
    const plain = path.replace(/^file:\/\/(?=\/)/, '').replaceAll('\\', '/');
    const known = roots.find((start) => start.length > 1 && plain.startsWith(start));
    return known === undefined ? path : plain.slice(known.length);
  };
  return (event) => {
    for (const { stacktrace } of [...listOf(event.exception?.values), ...listOf(event.threads?.values)]) {
      for (const frame of listOf(stacktrace?.frames)) {
        if (typeof frame.filename === 'string') frame.filename = relative(frame.filename);
        if (typeof frame.abs_path === 'string') frame.abs_path = relative(frame.abs_path);
      }
    }
    for (const image of listOf(event.debug_meta?.images)) {
      if ('code_file' in image && typeof image.code_file === 'string') image.code_file = relative(image.code_file);
    }
  };
}
