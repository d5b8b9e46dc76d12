import * as allowList from '@qr/events/browser';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../src/late/gate.ts';
import { privateBreadcrumb, privateSpan } from '../../src/late/sentry-privacy.ts';

const gate = createGate(allowList, () => undefined);
const span = (name: string, attributes: Record<string, unknown>) =>
  privateSpan({
    name,
    attributes,
    trace_id: 't',
    span_id: 's',
    start_timestamp: 0,
    status: 'ok',
    is_segment: false,
  } as Parameters<typeof privateSpan>[0]);

describe('a span', () => {
  it('keeps address and path of a request but no query', () => {
    const { name, attributes } = span('GET /api/qr?search=ada', {
      'url.full': 'http://localhost/api/qr?search=ada#x',
      'http.query': '?search=ada',
      'url.fragment': 'x',
      'http.response.status_code': 200,
    });
    expect(name).toBe('GET /api/qr');
    expect(attributes).toEqual({ 'url.full': 'http://localhost/api/qr', 'http.response.status_code': 200 });
  });

  it('names an element without the labels that people wrote', () => {
    const selector = 'li > button[type="button"][aria-label="Delete Ada’s wedding"]';
    const { name, attributes } = span(selector, { 'browser.web_vital.inp.target': selector });
    expect(name).toBe('li > button[type="button"]');
    expect(JSON.stringify(attributes)).not.toContain('wedding');
  });

  it('loses secrets by their shape', () => {
    expect(span('task', { note: 'mail ada@example.com' }).attributes).toEqual({ note: 'mail [redacted]' });
  });
});

describe('a breadcrumb', () => {
  it('of a request keeps method, path and status', () => {
    const data = { method: 'POST', url: '/api/qr/generate?draft=1', status_code: 400, request_body_size: 12 };
    expect(privateBreadcrumb({ category: 'fetch', data }, gate)?.data).toEqual({
      method: 'POST',
      path: '/api/qr/generate',
      status_code: 400,
    });
  });

  it('of a navigation keeps the path it led to', () => {
    expect(privateBreadcrumb({ category: 'navigation', data: { from: '/a?x=1', to: '/b?y=2' } }, gate)?.data).toEqual({
      path: '/b',
    });
  });

  it.each(['/o/t/?ip=0', 'http://localhost:3000/o/r'])('of a request to the tunnel (%s) is none', (url) => {
    expect(privateBreadcrumb({ category: 'xhr', data: { url } }, gate)).toBeNull();
  });
});
