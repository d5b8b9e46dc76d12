import { type PropagationContext, Scope } from '@sentry/core';
import { describe, expect, it } from 'vitest';
import { fork } from '../../../telemetry/src/errors/request-scopes.ts';

const trace: PropagationContext = { traceId: '0123456789abcdef0123456789abcdef', sampleRand: 0.5 };
const own = { transactionName: 'GET /', trace, metadata: { requestData: { method: 'GET' } } };

/** What a fork must be like: the SDK's own copy with the same things set. */
function reference(parent: Scope): Scope {
  const clone = parent.clone();
  clone.setTransactionName(own.transactionName);
  clone.setPropagationContext(trace);
  clone.setSDKProcessingMetadata(own.metadata);
  // Those of the process are about nobody's request.
  clone.clearBreadcrumbs();
  return clone;
}

function parentWithEverything(): Scope {
  const parent = new Scope();
  parent
    .setUser({ id: 'u1' })
    .setTag('service', 'auth')
    .setAttribute('kind', 'a')
    .setExtra('step', 1)
    .setLevel('warning');
  parent.setContext('app', { version: '1' }).setFingerprint(['f']).setConversationId('c');
  parent.addBreadcrumb({ message: 'before', timestamp: 1 }).addAttachment({ filename: 'a.txt', data: 'a' });
  parent.addEventProcessor((event) => event);
  parent.setLastEventId('e1');
  return parent;
}

const refuse = () => null;

/** Every way to change a scope, each with what undoes nothing of the others. */
const changes: Readonly<Record<string, (scope: Scope) => unknown>> = {
  setUser: (scope) => scope.setUser({ id: 'u2' }),
  setTags: (scope) => scope.setTags({ more: 'x' }),
  setTag: (scope) => scope.setTag('one', 'x'),
  setAttributes: (scope) => scope.setAttributes({ more: 'x' }),
  setAttribute: (scope) => scope.setAttribute('one', 'x'),
  removeAttribute: (scope) => scope.removeAttribute('kind'),
  setExtras: (scope) => scope.setExtras({ more: 'x' }),
  setExtra: (scope) => scope.setExtra('one', 'x'),
  setLevel: (scope) => scope.setLevel('fatal'),
  setFingerprint: (scope) => scope.setFingerprint(['g']),
  setConversationId: (scope) => scope.setConversationId('d'),
  setTransactionName: (scope) => scope.setTransactionName('POST /'),
  setContext: (scope) => scope.setContext('os', { name: 'linux' }),
  'setContext to null': (scope) => scope.setContext('app', null),
  setSession: (scope) => scope.setSession(undefined),
  update: (scope) => scope.update({ tags: { updated: 'x' }, contexts: { os: { name: 'linux' } } }),
  addBreadcrumb: (scope) => scope.addBreadcrumb({ message: 'during', timestamp: 2 }),
  'addBreadcrumb to the limit': (scope) => scope.addBreadcrumb({ message: 'during', timestamp: 2 }, 1),
  clearBreadcrumbs: (scope) => scope.clearBreadcrumbs(),
  addAttachment: (scope) => scope.addAttachment({ filename: 'b.txt', data: 'b' }),
  clearAttachments: (scope) => scope.clearAttachments(),
  addEventProcessor: (scope) => scope.addEventProcessor(refuse),
  setSDKProcessingMetadata: (scope) => scope.setSDKProcessingMetadata({ more: 1 }),
  setPropagationContext: (scope) => scope.setPropagationContext({ ...trace, sampled: true }),
  setLastEventId: (scope) => scope.setLastEventId('e2'),
};

/** All that a scope holds, private fields too. */
const contents = (scope: Scope) => ({
  ...scope.getScopeData(),
  lastEventId: scope.lastEventId(),
  user: scope.getUser(),
});
const counts = (scope: Scope) => {
  const { eventProcessors, ...rest } = contents(scope);
  return { ...rest, eventProcessors: eventProcessors.length };
};

describe.each([
  ['an empty scope', () => new Scope()],
  ['a scope with everything', parentWithEverything],
])('a fork of %s', (_name, makeParent) => {
  it('holds what a clone holds but for breadcrumbs, in the fields that the installed SDK has', () => {
    const parent = makeParent();
    const expected = reference(parent);
    const forked = fork(parent, own);
    expect(contents(forked)).toEqual(contents(expected));
    expect(Object.keys(forked).sort()).toEqual(Object.keys(expected).sort());
    expect(forked).toBeInstanceOf(Scope);
  });

  it.each(Object.keys(changes))('%s changes it as it changes a clone, and never the parent', (name) => {
    const change = changes[name] as (scope: Scope) => unknown;
    const parent = makeParent();
    const before = structuredClone(counts(parent));
    const expected = reference(parent);
    const forked = fork(parent, own);
    change(expected);
    change(forked);
    expect(contents(forked)).toEqual(contents(expected));
    expect(counts(parent)).toEqual(before);
    // A second fork shares what is empty with the first.
    expect(contents(fork(parent, own))).toEqual(contents(reference(parent)));
  });

  it('is not changed when its parent is', () => {
    for (const [name, change] of Object.entries(changes)) {
      const parent = makeParent();
      const forked = fork(parent, own);
      const before = structuredClone(counts(forked));
      change(parent);
      expect(counts(forked), name).toEqual(before);
    }
  });

  it('is cloned by the SDK as any scope', () => {
    const forked = fork(makeParent(), own);
    forked.addBreadcrumb({ message: 'during', timestamp: 2 });
    forked.refs['span'] = 'a span';
    expect(contents(forked.clone())).toEqual(contents(forked));
    expect(forked.clone().refs).toEqual({ span: 'a span' });
  });

  it('tells its listeners', () => {
    const seen: Scope[] = [];
    const forked = fork(makeParent(), own);
    forked.addScopeListener((scope) => seen.push(scope));
    forked.setTag('one', 'x');
    expect(seen).toEqual([forked]);
  });
});

it('knows every method of the SDK by which a scope changes', () => {
  const known = Object.keys(changes).map((name) => name.split(' ')[0]);
  const changing = Object.getOwnPropertyNames(Scope.prototype).filter((name) =>
    /^(set|add|remove|clear|update)/.test(name),
  );
  // The client comes with the parent; listeners have a test of their own.
  expect(changing.filter((name) => !known.includes(name)).sort()).toEqual(['addScopeListener', 'setClient']);
});
