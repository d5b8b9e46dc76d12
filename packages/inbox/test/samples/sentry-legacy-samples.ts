import { deflateSync } from 'node:zlib';
import type { Sample } from './sample.ts';

const EVENT_ID = 'fc6d8c0c43fc4630ad850ee518f1b9d0';
const ISO = '2026-11-29T10:00:00';
const STORE = '/api/1/store/';

const hasId = (status: number, body: string): boolean => status === 200 && JSON.parse(body).id === EVENT_ID;
const isOk = (status: number): boolean => status >= 200 && status < 300;
const toJson = (payload: unknown): string => JSON.stringify(payload);
const shownError = (type: string, value: string, more: object = {}): Sample['shown'] => [
  '/api/errors',
  'errors',
  { type, value, ...more },
];
const query = '?sentry_key=public';

/** What SDKs of before the envelope send, and what browsers, monitors and crash reporters send without an SDK. */
export const sentryLegacySamples: readonly Sample[] = [
  {
    name: 'Raven for Python: interfaces by their old names, base64 of zlib',
    path: STORE,
    headers: {
      'content-type': 'application/octet-stream',
      'x-sentry-auth':
        'Sentry sentry_timestamp=1700000000.1, sentry_client=raven-python/6.10.0, sentry_version=6, sentry_key=public, sentry_secret=secret',
    },
    payload: {
      event_id: EVENT_ID,
      project: '1',
      level: 40,
      culprit: 'app.views in index',
      platform: 'python',
      timestamp: ISO,
      server_name: 'old-1',
      'sentry.interfaces.Exception': {
        values: [
          {
            type: 'KeyError',
            value: "'id'",
            module: 'exceptions',
            stacktrace: { frames: [{ filename: 'app/views.py', function: 'index', lineno: 7, module: 'app.views' }] },
          },
        ],
      },
      'sentry.interfaces.Http': { url: 'https://shop.example/', method: 'GET', query_string: 'a=b' },
      'sentry.interfaces.User': { id: 'user-1' },
      tags: [
        ['service', 'old'],
        ['browser', null],
      ],
      extra: { 'sys.argv': ["'manage.py'"] },
    },
    write: (payload) => deflateSync(toJson(payload)).toString('base64'),
    isSuccess: hasId,
    shown: shownError('KeyError', "'id'", {
      level: 'error',
      service: 'old',
      userId: 'user-1',
      time: Date.parse(`${ISO}Z`),
    }),
  },
  {
    name: 'Raven for Python: a message with its stack, deflated',
    path: STORE,
    headers: {
      'content-type': 'application/octet-stream',
      'content-encoding': 'deflate',
      authorization: 'Sentry sentry_key=public, sentry_version=5',
    },
    payload: {
      event_id: EVENT_ID,
      message: 'lost %s',
      'sentry.interfaces.Message': { message: 'lost %s', params: ['a packet'] },
      'sentry.interfaces.Stacktrace': { frames: [{ filename: 'a.py', function: 'send', lineno: -1 }] },
      timestamp: ISO,
    },
    write: (payload) => deflateSync(toJson(payload)),
    isSuccess: hasId,
    shown: shownError('Message', 'lost a packet'),
  },
  {
    name: 'Raven for JavaScript: JSON, one exception in a list, the key in the query',
    path: `${STORE}?sentry_version=7&sentry_client=raven-js%2F3.27.0&sentry_key=public`,
    headers: { 'content-type': 'text/plain;charset=UTF-8', origin: 'https://shop.example' },
    payload: {
      project: '1',
      logger: 'javascript',
      platform: 'javascript',
      request: { headers: { 'User-Agent': 'Mozilla/5.0' }, url: 'https://shop.example/' },
      exception: {
        values: [
          {
            type: 'ReferenceError',
            value: 'y is not defined',
            stacktrace: {
              frames: [{ filename: 'https://shop.example/app.js', lineno: 0, colno: 0, function: '?', in_app: true }],
            },
          },
        ],
      },
      transaction: 'https://shop.example/app.js',
      trimHeadFrames: 0,
      extra: { 'session:duration': 1200 },
      breadcrumbs: { values: [{ timestamp: 1700000000.5, type: 'http', category: 'xhr', data: { status_code: 500 } }] },
      event_id: EVENT_ID,
    },
    write: toJson,
    isSuccess: hasId,
    shown: shownError('ReferenceError', 'y is not defined'),
  },
  {
    name: 'Raven for JavaScript: an image, without a version',
    method: 'GET',
    path: `${STORE}${query}&sentry_client=raven-js%2F1.0`,
    headers: {},
    payload: { event_id: EVENT_ID, message: 'from an image', logger: 'javascript' },
    write: toJson,
    queryField: 'sentry_data',
    isSuccess: isOk,
    shown: shownError('Message', 'from an image'),
  },
  {
    name: 'Raven for PHP: base64 of zlib, a checksum',
    path: STORE,
    headers: {
      'content-type': 'application/octet-stream',
      'x-sentry-auth': 'Sentry sentry_version=5, sentry_client=raven-php/1.10.0, sentry_key=public',
    },
    payload: {
      event_id: EVENT_ID,
      checksum: 'a1',
      message: 'old',
      exception: { type: 'ErrorException', value: 'Undefined index: a' },
      tags: { php_version: '5.6' },
      site: '',
      level: 'warning',
    },
    write: (payload) => deflateSync(toJson(payload)).toString('base64'),
    isSuccess: hasId,
    shown: shownError('ErrorException', 'Undefined index: a', { level: 'warning' }),
  },
  {
    name: 'Raven for Ruby: exceptions in a plain list',
    path: STORE,
    headers: {
      'content-type': 'application/json',
      'x-sentry-auth':
        'Sentry sentry_version=5, sentry_client=raven-ruby/3.1.2, sentry_timestamp=1700000000, sentry_key=public, sentry_secret=s',
    },
    payload: {
      event_id: EVENT_ID,
      timestamp: ISO,
      level: 'fatal',
      exception: [{ value: 'ArgumentError: wrong number', stacktrace: null }],
      sdk: { name: 'raven-ruby', version: '3.1.2' },
    },
    write: toJson,
    compression: 'gzip',
    isSuccess: hasId,
    shown: shownError('ArgumentError', 'wrong number', { level: 'fatal' }),
  },
  {
    name: 'an old SDK: a transaction sent to /store/',
    path: STORE,
    headers: { 'x-sentry-auth': 'Sentry sentry_key=public' },
    payload: {
      event_id: EVENT_ID,
      type: 'transaction',
      transaction: 'GET /old',
      start_timestamp: 1700000000,
      timestamp: 1700000001.5,
      contexts: { trace: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), op: 'http' } },
      spans: [],
    },
    write: toJson,
    isSuccess: hasId,
    shown: ['/api/spans', 'spans', { name: 'GET /old', durationMs: 1500 }],
  },
  {
    name: 'a browser: a content security policy, in the older form',
    path: `/api/1/security/${query}&sentry_release=1.0&sentry_environment=staging`,
    headers: { 'content-type': 'application/csp-report' },
    payload: {
      'csp-report': {
        'document-uri': 'https://shop.example/',
        referrer: '',
        'violated-directive': "script-src 'self'",
        'effective-directive': 'script-src',
        'original-policy': "script-src 'self'",
        'blocked-uri': 'https://evil.example/x.js',
        'status-code': 200,
        'line-number': 0,
      },
    },
    write: toJson,
    isSuccess: isOk,
    shown: shownError('Message', "Blocked 'script' from 'evil.example'", {
      event: { release: '1.0', environment: 'staging' },
    }),
  },
  {
    name: 'a browser: a content security policy, of the Reporting API',
    path: `/api/1/security/${query}`,
    headers: { 'content-type': 'application/reports+json' },
    payload: [
      {
        age: 10,
        type: 'csp-violation',
        url: 'https://shop.example/',
        user_agent: 'Mozilla/5.0',
        body: {
          documentURL: 'https://shop.example/',
          blockedURL: 'inline',
          effectiveDirective: 'style-src-elem',
          disposition: 'enforce',
          lineNumber: 3,
        },
      },
    ],
    write: toJson,
    isSuccess: isOk,
    shown: shownError('Message', "Blocked unsafe inline 'style'"),
  },
  {
    name: 'a browser: Expect-CT',
    path: `/api/1/security/${query}`,
    headers: { 'content-type': 'application/expect-ct-report+json' },
    payload: { 'expect-ct-report': { 'date-time': ISO, hostname: 'shop.example', port: 443, scts: [] } },
    write: toJson,
    isSuccess: isOk,
    shown: shownError('Message', "Expect-CT failed for 'shop.example'"),
  },
  {
    name: 'a browser: a network error',
    path: `/api/1/nel/${query}`,
    headers: { 'content-type': 'application/reports+json' },
    payload: [
      {
        age: 1,
        type: 'network-error',
        url: 'https://shop.example/',
        body: { type: 'tcp.timed_out', phase: 'connection', elapsed_time: 1000 },
      },
    ],
    write: toJson,
    isSuccess: isOk,
    shown: ['/api/timeline', 'records', { kind: 'item', type: 'nel' }],
  },
  {
    name: 'a crash reporter: a minidump with the fields of an event',
    path: `/api/1/minidump/${query}`,
    headers: { 'content-type': 'multipart/form-data; boundary=edge' },
    payload: { release: 'game@1.0', tags: { level: '3' } },
    write: (payload) =>
      [
        '--edge\r\nContent-Disposition: form-data; name="sentry"\r\n\r\n',
        `${toJson(payload)}\r\n`,
        '--edge\r\nContent-Disposition: form-data; name="upload_file_minidump"; filename="a.dmp"\r\n',
        'Content-Type: application/octet-stream\r\n\r\nMDMP\u0001\u0002\r\n--edge--\r\n',
      ].join(''),
    isSuccess: (status, body) => status === 200 && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(body),
    shown: shownError('Minidump', 'the crash of a native application', {
      level: 'fatal',
      event: { release: 'game@1.0' },
    }),
  },
  {
    name: 'a monitor: a check-in by a plain request',
    method: 'GET',
    path: '/api/1/cron/nightly/public/?status=ok',
    headers: {},
    payload: {},
    write: () => '',
    isSuccess: isOk,
    shown: [
      '/api/timeline',
      'records',
      { kind: 'item', type: 'check_in', payload: { monitor_slug: 'nightly', status: 'ok' } },
    ],
  },
];
