import { KINDS, searchTextOf, timeOf, traceOf, userOf } from './describe.js';
import { showDetail } from './detail.js';
import { element } from './element.js';
import { createFaults } from './faults.js';
import { createRows } from './rows.js';

/** Rows beyond this are not drawn; the filters and the scopes find older ones. */
const MAX_ROWS = 300;
const MAX_RECORDS = 2000;
const REDRAW_MS = 150;

const byId = (id) => document.getElementById(id);
const state = {
  records: [],
  waiting: [],
  hidden: new Set(),
  text: '',
  scope: null,
  scoped: [],
  paused: false,
  selected: null,
  stats: null,
  connected: false,
};
const rows = createRows(byId('rows'), select);
const faults = createFaults({ button: byId('faults-open'), dialog: byId('faults') });
const timers = { redraw: undefined, stats: undefined, faults: undefined };

function redrawSoon() {
  timers.redraw ??= setTimeout(redraw, REDRAW_MS);
}

function redraw() {
  clearTimeout(timers.redraw);
  timers.redraw = undefined;
  const all = state.scope === null ? state.records : state.scoped;
  const shown = all
    .filter(
      (record) => !state.hidden.has(record.kind) && (state.text === '' || searchTextOf(record).includes(state.text)),
    )
    .slice(0, MAX_ROWS);
  rows.show(shown, { selectedId: state.selected?.id, timeOf: state.scope === null ? arrivalOf : timeOf });
  byId('empty').hidden = state.records.length > 0 || !state.connected;
  byId('no-match').hidden = shown.length > 0 || state.records.length === 0;
  byId('scope').hidden = state.scope === null;
  byId('scope-text').textContent = state.scope === null ? '' : `Only ${state.scope.name} ${state.scope.id}`;
  drawStatus();
  drawKinds();
}

function drawStatus() {
  const { connected, paused, waiting, stats } = state;
  const evicted = Object.values(stats?.kinds ?? {}).reduce((total, kind) => total + kind.evicted, 0);
  const words = !connected ? 'connecting' : paused ? `paused, ${waiting.length} waiting` : 'live';
  byId('status').textContent = words;
  byId('evicted').hidden = evicted === 0;
  byId('evicted').textContent = `${evicted.toLocaleString()} older records made room`;
  byId('status').dataset.state = !connected ? 'connecting' : paused ? 'paused' : 'live';
  byId('pause').textContent = paused ? 'Resume' : 'Pause';
  byId('pause').setAttribute('aria-pressed', String(paused));
}

function drawKinds() {
  for (const [kind] of KINDS) {
    const chip = byId(`kind-${kind}`);
    chip.setAttribute('aria-pressed', String(!state.hidden.has(kind)));
    chip.lastElementChild.textContent = (state.stats?.kinds[kind].stored ?? 0).toLocaleString();
  }
}

function makeKinds() {
  const chips = KINDS.map(([kind, label]) =>
    element(
      'button',
      { id: `kind-${kind}`, type: 'button', className: `chip ${kind}`, on: { click: () => toggle(kind) } },
      [element('span', { text: label }), element('b', { text: '0' })],
    ),
  );
  byId('kinds').replaceChildren(...chips);
}

function toggle(kind) {
  state.hidden.has(kind) ? state.hidden.delete(kind) : state.hidden.add(kind);
  redraw();
}

function select(record) {
  state.selected = record;
  showDetail(byId('detail'), record, { onScope: openScope, onClose: closeDetail });
  document.body.classList.add('has-detail');
  redraw();
}

function closeDetail() {
  state.selected = null;
  byId('detail').hidden = true;
  document.body.classList.remove('has-detail');
  redraw();
}

async function openScope(scope) {
  const parameter = scope.name === 'trace' ? 'trace_id' : 'user';
  const response = await fetch(`/api/timeline?${new URLSearchParams({ [parameter]: scope.id, limit: '500' })}`);
  if (!response.ok) return;
  state.scoped = (await response.json()).records.sort(latestFirst);
  state.scope = scope;
  state.text = '';
  state.hidden.clear();
  byId('search').value = '';
  redraw();
}

function closeScope() {
  state.scope = null;
  redraw();
}

function arrive(record) {
  if (state.paused) {
    state.waiting.push(record);
    if (state.waiting.length > MAX_RECORDS) state.waiting.shift();
  } else {
    keep(record);
  }
  redrawSoon();
  refreshStatsSoon();
}

function keep(record) {
  state.records.unshift(record);
  state.records.length = Math.min(state.records.length, MAX_RECORDS);
  const { scope } = state;
  if (scope !== null && (scope.name === 'trace' ? traceOf : userOf)(record) === scope.id) {
    state.scoped = [record, ...state.scoped].sort(latestFirst);
  }
}

/** The timeline is in order of arrival; a trace or a user's story in order of what happened. */
function latestFirst(left, right) {
  return timeOf(right) - timeOf(left);
}

function arrivalOf(record) {
  return record.receivedAt;
}

function forget() {
  state.records = [];
  state.waiting = [];
  state.scope = null;
  closeDetail();
}

function togglePause() {
  state.paused = !state.paused;
  if (!state.paused) for (const record of state.waiting.splice(0)) keep(record);
  redraw();
}

function refreshStatsSoon() {
  timers.stats ??= setTimeout(refreshStats, 300);
}

async function refreshStats() {
  timers.stats = undefined;
  const response = await fetch('/api/stats');
  state.stats = await response.json();
  redrawSoon();
}

function refreshFaults() {
  timers.faults = undefined;
  void faults.refresh();
}

function connect() {
  const source = new EventSource('/api/stream');
  source.addEventListener('open', () => {
    // A new connection begins with the latest records again.
    state.connected = true;
    state.records = [];
    refreshStatsSoon();
    redrawSoon();
    void faults.refresh();
  });
  source.addEventListener('error', () => {
    state.connected = false;
    redrawSoon();
  });
  source.addEventListener('message', ({ data }) => {
    const message = JSON.parse(data);
    if (message.kind === 'faults') {
      timers.faults ??= setTimeout(refreshFaults, REDRAW_MS);
      return;
    }
    if (message.kind === 'removed') {
      // Which records are gone is not said: a new connection begins with those that are left.
      forget();
      source.close();
      connect();
      return;
    }
    if (message.kind === 'clear') forget();
    else if (message.kind !== 'skipped') arrive(message);
    refreshStatsSoon();
  });
}

function onKey(event) {
  if (byId('faults').open) return;
  if (event.key === 'Escape') {
    if (state.selected !== null) closeDetail();
    else if (state.scope !== null) closeScope();
    else document.activeElement?.blur();
  }
  if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/') {
    event.preventDefault();
    byId('search').focus();
  }
  if (event.key === 'p') togglePause();
}

function resetFilters() {
  state.hidden.clear();
  state.text = '';
  state.scope = null;
  byId('search').value = '';
  redraw();
}

makeKinds();
byId('example').textContent =
  `curl ${location.origin}/track -d 'data={"event":"hello","properties":{"token":"any","distinct_id":"me"}}'`;
byId('environment').textContent =
  `MIXPANEL_API_HOST=${location.origin}\nSENTRY_DSN=${location.protocol}//public@${location.host}/1`;
byId('search').addEventListener('input', ({ target }) => {
  state.text = target.value.trim().toLowerCase();
  redraw();
});
byId('pause').addEventListener('click', togglePause);
byId('clear').addEventListener('click', () => fetch('/api/data', { method: 'DELETE' }));
byId('scope-close').addEventListener('click', closeScope);
byId('reset').addEventListener('click', resetFilters);
document.addEventListener('keydown', onKey);
connect();
