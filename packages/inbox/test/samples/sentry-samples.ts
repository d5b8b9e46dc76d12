import type { Sample } from './sample.ts';

const EVENT_ID = 'fc6d8c0c43fc4630ad850ee518f1b9d0';
const TRACE_ID = '771a43a4192642f0b136d5159a501700';
const NOW = Date.now() / 1000;
const ISO = new Date().toISOString();
const ENVELOPE = '/api/1/envelope/';
const ENVELOPE_TYPE = { 'content-type': 'application/x-sentry-envelope' };

const isOk = (status: number): boolean => status === 200;
const hasId = (status: number, body: string): boolean => status === 200 && JSON.parse(body).id === EVENT_ID;
const auth = (client: string, more = ''): Record<string, string> => ({
  'x-sentry-auth': `Sentry sentry_version=7, sentry_client=${client}, sentry_key=public${more}`,
});

/** The lines of an envelope: those of a list are JSON, and so is the length that most SDKs write. */
const lines = (payload: unknown): string => (payload as unknown[]).map((line) => JSON.stringify(line)).join('\n');
const linesAndNewline = (payload: unknown): string => `${lines(payload)}\n`;

const error = (type: string, value: string): object => ({ kind: 'error', type, value });
const shownError = (type: string, value: string, more: object = {}): Sample['shown'] => [
  '/api/errors',
  'errors',
  { ...error(type, value), ...more },
];
const shownItem = (type: string): Sample['shown'] => ['/api/timeline', 'records', { kind: 'item', type }];
const shownSpan = (name: string): Sample['shown'] => ['/api/spans', 'spans', { name }];

/** What the current SDKs send. */
export const sentrySamples: readonly Sample[] = [
  {
    name: 'Python: an exception, gzipped',
    path: ENVELOPE,
    headers: { ...ENVELOPE_TYPE, ...auth('sentry.python/2.40.0'), 'user-agent': 'sentry.python/2.40.0' },
    payload: [
      { event_id: EVENT_ID, sent_at: ISO, trace: { trace_id: TRACE_ID, public_key: 'public', sample_rand: '0.5' } },
      { type: 'event', content_type: 'application/json' },
      {
        level: 'error',
        exception: {
          values: [
            {
              mechanism: { type: 'excepthook', handled: false },
              module: null,
              type: 'ZeroDivisionError',
              value: 'division by zero',
              stacktrace: {
                frames: [
                  {
                    filename: 'app.py',
                    abs_path: '/srv/app.py',
                    function: '<module>',
                    module: '__main__',
                    lineno: 12,
                    pre_context: ['def main():'],
                    context_line: '    main()',
                    post_context: [],
                    vars: { x: "'1'", self: '<App object>' },
                    in_app: true,
                  },
                ],
              },
            },
          ],
        },
        event_id: EVENT_ID,
        timestamp: ISO,
        breadcrumbs: {
          values: [{ ty: 'log', level: 'info', category: 'root', message: 'hi', timestamp: ISO, type: 'log' }],
        },
        transaction: '/',
        transaction_info: {},
        contexts: {
          trace: { trace_id: TRACE_ID, span_id: 'b0e6f15b45c36b12', parent_span_id: null },
          runtime: { name: 'CPython' },
        },
        modules: { pip: '24.0' },
        extra: { 'sys.argv': ['app.py'] },
        tags: { service: 'billing' },
        release: '1.0.0',
        environment: 'production',
        server_name: 'host-1',
        sdk: { name: 'sentry.python', version: '2.40.0', packages: [{ name: 'pypi:sentry-sdk', version: '2.40.0' }] },
        platform: 'python',
        _meta: { exception: { values: { '0': { value: { '': { len: 3000 } } } } } },
      },
    ],
    write: linesAndNewline,
    compression: 'gzip',
    isSuccess: hasId,
    shown: shownError('ZeroDivisionError', 'division by zero', { service: 'billing', traceId: TRACE_ID }),
  },
  {
    name: 'Python: a log record with parameters, brotli',
    path: ENVELOPE,
    headers: { ...ENVELOPE_TYPE, ...auth('sentry.python/2.40.0') },
    payload: [
      { event_id: EVENT_ID, sent_at: ISO },
      { type: 'event', content_type: 'application/json' },
      {
        level: 'warning',
        logger: 'shop',
        logentry: { message: 'lost %s of %d', params: ['2', 3] },
        timestamp: ISO,
        platform: 'python',
      },
    ],
    write: linesAndNewline,
    compression: 'br',
    isSuccess: hasId,
    shown: shownError('Message', 'lost 2 of 3', { level: 'warning' }),
  },
  {
    name: 'Python: a transaction with spans',
    path: ENVELOPE,
    headers: { ...ENVELOPE_TYPE, ...auth('sentry.python/2.40.0') },
    payload: [
      { event_id: EVENT_ID, sent_at: ISO },
      { type: 'transaction', content_type: 'application/json' },
      {
        type: 'transaction',
        transaction: '/users/{id}',
        transaction_info: { source: 'route' },
        contexts: {
          trace: {
            trace_id: TRACE_ID,
            span_id: 'b0e6f15b45c36b12',
            parent_span_id: '',
            op: 'http.server',
            status: 'ok',
            data: { 'thread.id': '1' },
          },
        },
        tags: { 'http.status_code': '200' },
        timestamp: ISO,
        start_timestamp: new Date(Date.now() - 120).toISOString(),
        spans: [
          {
            trace_id: TRACE_ID,
            span_id: 'a1b2c3d4e5f60718',
            parent_span_id: 'b0e6f15b45c36b12',
            same_process_as_parent: true,
            op: 'db',
            description: 'SELECT 1',
            start_timestamp: ISO,
            timestamp: ISO,
            data: { 'db.system': 'postgresql' },
          },
        ],
        measurements: {},
        platform: 'python',
      },
    ],
    write: linesAndNewline,
    compression: 'gzip',
    isSuccess: hasId,
    shown: shownSpan('SELECT 1'),
  },
  {
    name: 'Ruby: an exception with a cause',
    path: ENVELOPE,
    headers: {
      ...ENVELOPE_TYPE,
      'x-sentry-auth':
        'Sentry sentry_version=7, sentry_client=sentry-ruby/5.28.0, sentry_timestamp=1700000000, sentry_key=public',
    },
    payload: [
      {
        event_id: EVENT_ID,
        dsn: 'http://public@localhost/1',
        sdk: { name: 'sentry.ruby.rails', version: '5.28.0' },
        sent_at: ISO,
      },
      { type: 'event', content_type: 'application/json' },
      {
        event_id: EVENT_ID,
        level: 'error',
        timestamp: ISO,
        environment: 'production',
        server_name: 'web-1',
        modules: { rake: '13.0' },
        message: '',
        user: {},
        tags: {},
        contexts: {
          os: { name: 'Linux' },
          runtime: { name: 'ruby' },
          trace: { trace_id: TRACE_ID, span_id: '', op: null },
        },
        extra: {},
        fingerprint: [],
        breadcrumbs: {
          values: [{ category: 'sql', data: {}, level: null, message: 'SELECT', timestamp: 1700000000, type: null }],
        },
        platform: 'ruby',
        sdk: { name: 'sentry.ruby.rails', version: '5.28.0' },
        exception: {
          values: [
            {
              type: 'IOError',
              value: 'closed (IOError)',
              module: '',
              thread_id: 260,
              mechanism: { type: 'generic', handled: true },
            },
            {
              type: 'RuntimeError',
              value: 'no such user (RuntimeError)',
              module: '',
              thread_id: 260,
              stacktrace: {
                frames: [
                  {
                    project_root: '/srv',
                    abs_path: '/srv/app/user.rb',
                    function: 'find',
                    lineno: 3,
                    in_app: true,
                    filename: 'app/user.rb',
                    pre_context: [null, 'a'],
                    context_line: 'raise\n',
                    post_context: ['end\n'],
                  },
                ],
              },
              mechanism: { type: 'rails', handled: false },
            },
          ],
        },
      },
    ],
    write: lines,
    compression: 'gzip',
    isSuccess: isOk,
    shown: shownError('RuntimeError', 'no such user (RuntimeError)', { service: 'web-1' }),
  },
  {
    name: 'Ruby: sessions',
    path: ENVELOPE,
    headers: { ...ENVELOPE_TYPE, ...auth('sentry-ruby/5.28.0') },
    payload: [
      { sent_at: ISO },
      { type: 'sessions' },
      { attrs: { release: '1.0', environment: 'production' }, aggregates: [{ started: ISO, exited: 3, errored: 1 }] },
    ],
    write: lines,
    isSuccess: isOk,
    shown: shownItem('sessions'),
  },
  {
    name: 'PHP: a message with parameters, in an object',
    path: ENVELOPE,
    headers: { ...ENVELOPE_TYPE, ...auth('sentry.php/4.15.0') },
    payload: [
      {
        event_id: EVENT_ID,
        sent_at: '2026-01-01T10:00:00Z',
        dsn: 'http://public@localhost/1',
        sdk: { name: 'sentry.php', version: '4.15.0' },
      },
      { type: 'event', content_type: 'application/json' },
      {
        timestamp: NOW,
        platform: 'php',
        sdk: { name: 'sentry.php', version: '4.15.0' },
        level: 'info',
        server_name: 'web-2',
        modules: { 'vendor/package': '1.0' },
        message: { message: 'order %s is late', params: ['42'], formatted: 'order 42 is late' },
        user: { id: null, username: 'ann', email: null, ip_address: '127.0.0.1', segment: null },
        contexts: { os: { name: 'Linux', version: '6', build: null, kernel_version: null } },
        breadcrumbs: {
          values: [{ type: 'default', category: 'auth', level: 'info', timestamp: NOW, message: 'x', data: [] }],
        },
      },
    ],
    write: lines,
    isSuccess: hasId,
    shown: shownError('Message', 'order 42 is late', { level: 'info', userId: 'ann' }),
  },
  {
    name: 'Go: an exception and breadcrumbs in lists, with the offset of the machine',
    path: ENVELOPE,
    headers: {
      ...ENVELOPE_TYPE,
      ...auth('sentry.go/0.40.0', ', sentry_secret=secret'),
      'user-agent': 'sentry.go/0.40.0',
    },
    payload: [
      {
        event_id: EVENT_ID,
        sent_at: '2026-11-29T10:00:00.123456789+01:00',
        dsn: 'http://public@localhost/1',
        sdk: { name: 'sentry.go', version: '0.40.0' },
      },
      { type: 'event' },
      {
        breadcrumbs: [{ category: 'http', message: 'GET /', level: 'info', timestamp: '2026-11-29T10:00:00+01:00' }],
        contexts: { device: { arch: 'amd64', num_cpu: 8 }, trace: { trace_id: TRACE_ID, span_id: 'b0e6f15b45c36b12' } },
        event_id: EVENT_ID,
        level: 'error',
        platform: 'go',
        sdk: { name: 'sentry.go', version: '0.40.0', integrations: ['Environment'] },
        server_name: 'api-1',
        user: {},
        modules: { 'example.com/api': '' },
        exception: [
          {
            type: '*errors.errorString',
            value: 'connection refused',
            stacktrace: {
              frames: [
                { function: 'main', module: 'main', abs_path: '/srv/main.go', lineno: 20, in_app: true },
                { function: '(*Client).do', module: 'net/http', lineno: 0, in_app: false },
              ],
            },
            mechanism: { type: 'generic', exception_id: 0 },
          },
        ],
        timestamp: '2026-11-29T10:00:00.123456789+01:00',
      },
    ],
    write: linesAndNewline,
    isSuccess: hasId,
    shown: shownError('*errors.errorString', 'connection refused', { time: Date.parse('2026-11-29T09:00:00.123Z') }),
  },
  {
    name: 'Go: a check-in',
    path: ENVELOPE,
    headers: { ...ENVELOPE_TYPE, ...auth('sentry.go/0.40.0') },
    payload: [
      { event_id: EVENT_ID, sent_at: '2026-11-29T10:00:00Z' },
      { type: 'check_in' },
      {
        check_in_id: EVENT_ID,
        monitor_slug: 'nightly',
        status: 'in_progress',
        monitor_config: { schedule: { type: 'crontab', value: '0 0 * * *' } },
      },
    ],
    write: linesAndNewline,
    isSuccess: isOk,
    shown: shownItem('check_in'),
  },
  {
    name: 'Java: an exception, a message in its interface, gzipped',
    path: ENVELOPE,
    headers: {
      ...ENVELOPE_TYPE,
      'x-sentry-auth': 'Sentry sentry_version=7,sentry_client=sentry.java/8.20.0,sentry_key=public',
      connection: 'close',
    },
    payload: [
      {
        event_id: EVENT_ID,
        sdk: { name: 'sentry.java.spring-boot', version: '8.20.0' },
        trace: { trace_id: TRACE_ID, public_key: 'public' },
        sent_at: ISO,
      },
      { content_type: 'application/json', type: 'event' },
      {
        timestamp: ISO,
        message: { formatted: 'failed', message: 'failed', params: [] },
        logger: 'com.example.App',
        threads: { values: [{ id: 1, name: 'main', state: 'RUNNABLE', crashed: false, current: true, main: true }] },
        exception: {
          values: [
            {
              type: 'IllegalStateException',
              value: 'not ready',
              module: 'java.lang',
              thread_id: 1,
              mechanism: { type: 'UncaughtExceptionHandler', handled: false, exception_id: 0 },
              stacktrace: {
                frames: [
                  { filename: 'Native Method', function: 'invoke0', module: 'jdk.internal', lineno: -2, native: true },
                  {
                    filename: 'App.java',
                    function: 'lambda$main$0',
                    module: 'com.example.App',
                    lineno: 9,
                    in_app: true,
                  },
                ],
              },
            },
          ],
        },
        level: 'error',
        event_id: EVENT_ID,
        contexts: { trace: { trace_id: TRACE_ID, span_id: 'b0e6f15b45c36b12', op: 'default' } },
        user: { ip_address: '{{auto}}' },
        server_name: 'java-1',
        platform: 'java',
        breadcrumbs: [{ timestamp: ISO, message: 'x', data: {}, level: 'info' }],
      },
    ],
    write: linesAndNewline,
    compression: 'gzip',
    isSuccess: hasId,
    shown: shownError('IllegalStateException', 'not ready', { service: 'java-1' }),
  },
  {
    name: 'Swift: a message, deflated, with an attachment of no bytes at its end',
    path: ENVELOPE,
    headers: {
      ...ENVELOPE_TYPE,
      'x-sentry-auth': 'Sentry sentry_version=7,sentry_client=sentry.cocoa/8.56.0,sentry_key=public',
    },
    payload: [
      { event_id: EVENT_ID, sdk: { name: 'sentry.cocoa', version: '8.56.0' }, sent_at: ISO, trace: null },
      { type: 'event' },
      {
        event_id: EVENT_ID,
        message: { formatted: 'could not save' },
        level: 'error',
        platform: 'cocoa',
        timestamp: NOW,
        threads: {
          values: [
            {
              id: 0,
              crashed: false,
              current: true,
              stacktrace: {
                frames: [
                  {
                    function: '-[App save]',
                    package: '/App',
                    instruction_addr: '0x0000000100a1b2c3',
                    in_app: true,
                    lineno: 0,
                  },
                ],
              },
            },
          ],
        },
        debug_meta: { images: [{ type: 'macho', image_addr: '0x100000000', debug_id: 'A-B' }] },
        contexts: {
          app: { app_id: '1', in_foreground: true },
          device: { model: 'iPhone15,2', free_memory: 123456789012 },
        },
      },
      { type: 'attachment', length: 0, filename: 'log.txt' },
    ],
    write: lines,
    compression: 'deflate',
    isSuccess: hasId,
    shown: shownError('Message', 'could not save'),
  },
  {
    name: 'Swift: a session',
    path: ENVELOPE,
    headers: {
      ...ENVELOPE_TYPE,
      'x-sentry-auth': 'Sentry sentry_version=7,sentry_client=sentry.cocoa/8.56.0,sentry_key=public',
    },
    payload: [
      { sent_at: null },
      { type: 'session' },
      {
        sid: EVENT_ID,
        init: true,
        started: ISO,
        timestamp: ISO,
        status: 'exited',
        seq: 2,
        errors: 0,
        duration: 3.5,
        attrs: { release: 'app@1' },
      },
    ],
    write: lines,
    compression: 'gzip',
    isSuccess: isOk,
    shown: shownItem('session'),
  },
  {
    name: 'JavaScript: a browser, the key in the query',
    path: `${ENVELOPE}?sentry_key=public&sentry_version=7&sentry_client=sentry.javascript.react%2F11.1.0`,
    headers: { 'content-type': 'text/plain;charset=UTF-8', origin: 'https://shop.example' },
    payload: [
      { event_id: EVENT_ID, sent_at: ISO, sdk: { name: 'sentry.javascript.react', version: '11.1.0' } },
      { type: 'event' },
      {
        exception: {
          values: [
            {
              type: 'TypeError',
              value: 'x is undefined',
              stacktrace: {
                frames: [
                  {
                    filename: 'https://shop.example/assets/index-a1b2c3d4.js?v=1',
                    function: '?',
                    in_app: true,
                    lineno: 0,
                    colno: -1,
                  },
                ],
              },
              mechanism: { type: 'auto.browser.global_handlers.onerror', handled: false },
            },
          ],
        },
        event_id: EVENT_ID,
        platform: 'javascript',
        request: { url: 'https://shop.example/', headers: { 'User-Agent': 'Mozilla/5.0' } },
        timestamp: NOW,
        breadcrumbs: [{ timestamp: NOW, category: 'ui.click', message: 'button' }],
      },
    ],
    write: lines,
    isSuccess: hasId,
    shown: shownError('TypeError', 'x is undefined'),
  },
  {
    name: 'JavaScript: errors that were only counted, told of by a later one',
    path: `${ENVELOPE}?sentry_key=public`,
    headers: {},
    payload: [
      { event_id: EVENT_ID, sent_at: ISO },
      { type: 'event' },
      {
        exception: { values: [{ type: 'Error', value: 'again' }] },
        fingerprint: ['{{ default }}', 'eu'],
        tags: { fingerprint: 'f1', service: 'web' },
        contexts: { suppressed: { count: 3, ids: ['a', 'b', 'c'], summary: false }, trace: { trace_id: TRACE_ID } },
        timestamp: NOW,
      },
    ],
    write: lines,
    isSuccess: hasId,
    shown: shownError('Error', 'again'),
  },
  {
    name: 'JavaScript: streamed spans',
    path: `${ENVELOPE}?sentry_key=public&sentry_version=7`,
    headers: {},
    payload: [
      { sent_at: ISO },
      { type: 'span', item_count: 1, content_type: 'application/vnd.sentry.items.span.v2+json' },
      {
        items: [
          {
            trace_id: TRACE_ID,
            span_id: 'a1b2c3d4e5f60718',
            name: 'GET /',
            status: 'ok',
            is_segment: true,
            start_timestamp: NOW,
            end_timestamp: NOW + 0.2,
            attributes: {
              'sentry.op': { type: 'string', value: 'http.server' },
              'service.name': { type: 'string', value: 'web' },
            },
            links: [],
          },
        ],
      },
    ],
    write: lines,
    isSuccess: isOk,
    shown: shownSpan('GET /'),
  },
  {
    name: 'JavaScript: logs and a client report',
    path: `${ENVELOPE}?sentry_key=public&sentry_version=7`,
    headers: {},
    payload: [
      { sent_at: ISO },
      { type: 'log', item_count: 1, content_type: 'application/vnd.sentry.items.log+json' },
      {
        items: [
          {
            timestamp: NOW,
            level: 'info',
            body: 'ready',
            trace_id: TRACE_ID,
            severity_number: 9,
            attributes: { 'user.id': { type: 'string', value: 'user-1' } },
          },
        ],
      },
      { type: 'client_report' },
      { timestamp: NOW, discarded_events: [{ reason: 'network_error', category: 'error', quantity: 1 }] },
    ],
    write: lines,
    isSuccess: isOk,
    shown: ['/api/logs', 'logs', { body: 'ready', userId: 'user-1' }],
  },
];
