import { element } from './element.js';

/** The faults that the page offers; tests can ask for more, by POST /api/faults. */
const CHOICES = [
  ['Answer 500', { kind: 'status', status: 500 }],
  ['Answer 503', { kind: 'status', status: 503 }],
  ['Answer 401', { kind: 'status', status: 401 }],
  ['Answer 413', { kind: 'status', status: 413 }],
  ['Store, then answer 503', { kind: 'status', status: 503, store: true }],
  ['Rate limit, a minute', { kind: 'rate-limit', retryAfterSeconds: 60 }],
  ['Rate limit without headers', { kind: 'rate-limit', headers: 'none' }],
  ['Refuse every second record', { kind: 'partial', failEvery: 2 }],
  ['Answer 2 s late', { kind: 'delay', delayMs: 2000 }],
  ['Never answer', { kind: 'hang' }],
  ['Reset before the body', { kind: 'reset', when: 'before' }],
  ['Reset in the middle of the body', { kind: 'reset', when: 'during' }],
  ['Store, then reset', { kind: 'reset', when: 'after' }],
  ['Answer a page of HTML', { kind: 'content-type', contentType: 'text/html' }],
];

/** The switch in the bar and the dialog behind it. */
export function createFaults({ button, dialog }) {
  const part = (name) => dialog.querySelector(`[name="${name}"]`);
  const list = dialog.querySelector('ul');
  const problem = dialog.querySelector('[role="alert"]');
  part('fault').replaceChildren(...CHOICES.map(([text], index) => element('option', { text, value: String(index) })));
  button.addEventListener('click', () => dialog.showModal());
  dialog.querySelector('.close').addEventListener('click', () => dialog.close());
  // A click beside the dialog closes it: only the backdrop belongs to the dialog element itself.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.querySelector('.remove-all').addEventListener('click', () => void change('DELETE', ''));
  dialog.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault();
    void change('POST', '', {
      ...(part('endpoint').value && { endpoint: part('endpoint').value }),
      ...(part('requests').value && { requests: Number(part('requests').value) }),
      share: Number(part('share').value) / 100,
      fault: CHOICES[Number(part('fault').value)][1],
    });
  });

  async function change(method, path, rule) {
    const body = rule && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(rule) };
    const response = await fetch(`/api/faults${path}`, { method, ...body });
    problem.textContent = response.ok ? '' : (await response.json()).message;
    await refresh();
  }

  async function refresh() {
    const { faults } = await (await fetch('/api/faults')).json();
    const active = faults.filter(({ remaining }) => remaining !== 0).length;
    button.textContent = active === 0 ? 'Faults' : `Faults: ${active}`;
    button.classList.toggle('armed', active > 0);
    dialog.querySelector('.remove-all').hidden = faults.length === 0;
    list.replaceChildren(
      ...faults.toReversed().map((fault) => item(fault, () => void change('DELETE', `/${fault.id}`))),
    );
  }

  return { refresh };
}

function item(active, remove) {
  const used = active.remaining === 0;
  const number = active.struck === 1 ? 'request' : 'requests';
  return element('li', { className: used ? 'used' : '' }, [
    element('strong', { text: nameOf(active.fault) }),
    element('span', { text: `${targetOf(active)}. Struck ${active.struck} ${number}${used ? ', used up' : ''}.` }),
    element('button', { type: 'button', text: 'Remove', on: { click: remove } }),
  ]);
}

function nameOf(fault) {
  const wanted = JSON.stringify(fault);
  const choice = CHOICES.find(([, each]) => JSON.stringify(each) === wanted);
  if (choice !== undefined) return choice[0];
  const { kind, ...details } = fault;
  return [kind, ...Object.entries(details).map(([name, value]) => `${name} ${value}`)].join(', ');
}

function targetOf({ endpoint, remaining, share }) {
  const where = endpoint === 'any' ? 'any endpoint' : `/${endpoint}`;
  const which = remaining === null ? ', until removed' : remaining === 0 ? '' : `, ${remaining} to come`;
  return `${where}${which}${share === 1 ? '' : `, ${Math.round(share * 100)} % of them`}`;
}
