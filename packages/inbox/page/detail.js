import { describe, timeOf, traceOf, userOf } from './describe.js';
import { element } from './element.js';

/** Everything about one record, with the ways to what belongs to it. */
export function showDetail(panel, record, { onScope, onClose }) {
  const trace = traceOf(record);
  const user = userOf(record);
  panel.hidden = false;
  panel.replaceChildren(
    element('div', { className: 'detail-head' }, [
      element('span', { className: `badge ${record.kind}`, text: record.kind }),
      element('button', { type: 'button', text: 'Close', title: 'Esc', on: { click: onClose } }),
    ]),
    element('h2', { text: describe(record).title }),
    element('dl', {}, facts(record, trace, user)),
    element('p', { className: 'links' }, [
      ...(trace === null ? [] : [link('Everything of this trace', () => onScope({ name: 'trace', id: trace }))]),
      ...(user === null ? [] : [link('Everything of this user', () => onScope({ name: 'user', id: user }))]),
    ]),
    ...stack(record),
    ...breadcrumbs(record),
    element('h3', { text: 'JSON' }),
    element('pre', { className: 'json', text: JSON.stringify(record, null, 2), tabindex: '0' }),
  );
  panel.scrollTop = 0;
}

function link(text, click) {
  return element('button', { type: 'button', text, on: { click } });
}

function facts(record, trace, user) {
  return [
    ['time', new Date(timeOf(record)).toLocaleString()],
    ['user', user],
    ['service', record.service],
    ['trace', trace],
    ['duration', record.durationMs === undefined ? undefined : `${record.durationMs} ms`],
    ['reason', record.kind === 'rejected' ? record.message : undefined],
  ]
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .flatMap(([name, value]) => [element('dt', { text: name }), element('dd', { text: value })]);
}

/** The stack, the call that threw first. */
function stack(record) {
  const frames = record.event?.exception?.values?.at(-1)?.stacktrace?.frames;
  if (!Array.isArray(frames) || frames.length === 0) return [];
  const lines = frames
    .toReversed()
    .map(({ function: name = '?', filename = '?', lineno = '?', in_app: inApp, context_line: source }) =>
      element('li', { className: inApp ? 'in-app' : '' }, [
        element('span', { text: `${name}  ${filename}:${lineno}` }),
        ...(source === undefined || !inApp ? [] : [element('code', { className: 'source', text: source.trim() })]),
      ]),
    );
  return [element('h3', { text: 'Stack' }), element('ol', { className: 'stack' }, lines)];
}

function breadcrumbs(record) {
  const sent = record.event?.breadcrumbs;
  const crumbs = Array.isArray(sent) ? sent : sent?.values;
  if (!Array.isArray(crumbs) || crumbs.length === 0) return [];
  const lines = crumbs.map(({ category = '', message = '', data }) =>
    element('li', { text: `${category}  ${message || JSON.stringify(data ?? '')}` }),
  );
  return [element('h3', { text: 'What happened before' }), element('ol', { className: 'stack' }, lines)];
}
