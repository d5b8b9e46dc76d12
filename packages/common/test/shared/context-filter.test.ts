import { describe, expect, it } from 'vitest';
import { createContextFilter } from '../../../telemetry/src/privacy/index.ts';

const filter = createContextFilter(['qr_id', 'reason', 'step']);

describe('createContextFilter', () => {
  it('keeps planned keys in either spelling and names the others', () => {
    expect(filter({ qrId: 'q1', reason: 'limit', email: 'a@b.co' })).toEqual({
      context: { qr_id: 'q1', reason: 'limit' },
      dropped: ['email'],
    });
  });

  it('filters nested objects too: an unplanned key is not safer under a planned one', () => {
    expect(filter({ reason: { step: 1, street: 'Elm Street 5' } })).toEqual({
      context: { reason: { step: 1 } },
      dropped: ['street'],
    });
  });

  it('scrubs the values that it keeps', () => {
    expect(filter({ reason: 'mail joe@example.com' }).context).toEqual({ reason: 'mail [redacted]' });
  });

  it('removes a value of a list that stands behind the name of a secret', () => {
    expect(filter({ step: ['x-api-key', 'k7h2j', 'accept', 'text/html'] }).context).toEqual({
      step: ['x-api-key', '[redacted]', 'accept', 'text/html'],
    });
  });

  it.each([undefined, null, 'text', 7, Symbol('s')])('gives nothing for %s', (context) => {
    expect(filter(context)).toEqual({ context: {}, dropped: [] });
  });

  it('survives cycles in objects and lists', () => {
    const list: unknown[] = [];
    list.push(list);
    const cycle: Record<string, unknown> = { reason: list };
    cycle['step'] = cycle;
    expect(() => JSON.stringify(filter(cycle).context)).not.toThrow();
  });
});
