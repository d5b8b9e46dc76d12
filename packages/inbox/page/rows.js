import { describe, traceOf, userOf } from './describe.js';
import { element } from './element.js';

const clock = new Intl.DateTimeFormat([], {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hour12: false,
});

/** The timeline: one row a record, walked with the arrow keys. */
export function createRows(list, onSelect) {
  const made = new Map();

  list.addEventListener('keydown', (event) => {
    const row = event.target.closest('li');
    const next = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling }[event.key];
    if (next) {
      event.preventDefault();
      next.firstElementChild.focus();
    }
  });

  function row(record, { selectedId, timeOf }) {
    const known = made.get(record.id) ?? element('li', {}, [rowButton(record, onSelect)]);
    made.set(record.id, known);
    const button = known.firstElementChild;
    button.setAttribute('aria-current', String(record.id === selectedId));
    button.firstElementChild.textContent = clock.format(timeOf(record));
    return known;
  }

  return {
    show(records, options) {
      const focused = list.contains(document.activeElement) ? document.activeElement : undefined;
      const rows = records.map((record) => row(record, options));
      const kept = new Set(records.map(({ id }) => id));
      for (const id of made.keys()) if (!kept.has(id)) made.delete(id);
      list.replaceChildren(...rows);
      // Putting a focused element back into the document does not give it the focus again.
      if (focused?.isConnected) focused.focus({ preventScroll: true });
    },
  };
}

function rowButton(record, onSelect) {
  const { title, detail } = describe(record);
  const trace = traceOf(record);
  const dot = element('span', { className: 'trace', title: trace === null ? 'no trace' : `trace ${trace}` });
  if (trace !== null) dot.style.setProperty('--hue', String(hueOf(trace)));
  return element('button', { type: 'button', className: `row ${record.kind}`, on: { click: () => onSelect(record) } }, [
    element('time'),
    element('span', { className: 'badge', text: record.kind }),
    dot,
    element('strong', { className: 'title', text: title }),
    element('span', { className: 'about', text: detail }),
    element('span', { className: 'user', text: userOf(record) ?? '' }),
  ]);
}

/** Records of one trace share a colour, so that they are seen together at a glance. */
function hueOf(trace) {
  let hash = 0;
  for (const character of trace) hash = (hash * 31 + character.charCodeAt(0)) % 9973;
  return (hash * 137) % 360;
}
