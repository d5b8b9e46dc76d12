import { cpuUsPerEvent, figuresOf, IN_REQUEST, targets, verdict } from './figures.mjs';
import { variants } from './sender.mjs';
import { median } from './statistics.mjs';

const show = (value, digits = 0) =>
  value === null || value === undefined
    ? ''
    : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const row = (cells) => `| ${cells.join(' | ')} |`;

/** Both tables as Markdown: every sender, then our figures beside their targets. */
export function tables(scenarios) {
  return `${senderTable(scenarios)}\n\n${figureTable(scenarios)}\n`;
}

function senderTable({ calls, throughput, memory, outage, kill }) {
  const heads = [
    'sender',
    'ns a call with its turn, ticks of 20',
    'ticks of 1',
    'ns of the call alone',
    'CPU us an event',
    'delivered a CPU second',
    'bytes an event',
    'RSS growth MiB, receiver down',
    'lost in 503 for 5 s',
    'for 30 s',
    'lost by SIGKILL, receiver up',
    'down',
    'longest stall ms',
  ];
  const rows = variants.map(({ label }) => {
    const of = (samples) => (samples ?? []).filter((sample) => sample.label === label);
    const cpu = median(
      of(throughput?.samples).map((sample) =>
        cpuUsPerEvent(
          sample,
          throughput.samples.filter(({ round }) => round === sample.round),
        ),
      ),
    );
    const delivers = of(throughput?.samples).some(({ tracked }) => tracked > 0);
    const outages = (ms) => of(outage?.samples).filter(({ outageMs }) => outageMs === ms);
    const kills = (isUp) => of(kill?.samples).filter(({ isReceiverUp }) => isReceiverUp === isUp);
    return row([
      label,
      ...['ticksOf20Ns', 'ticksOf1Ns', 'callAloneNs'].map((name) =>
        show(median(of(calls?.samples).map((sample) => sample[name]))),
      ),
      show(delivers ? cpu : null, 1),
      show(delivers ? 1e6 / cpu : null),
      show(delivers ? median(of(throughput.samples).map(({ tally }) => tally.bytes / tally.copies)) : null),
      growth(of(memory?.samples)),
      lost(outages(5000), 'tracked'),
      lost(outages(30_000), 'tracked'),
      lost(kills(true), 'accepted'),
      lost(kills(false), 'accepted'),
      show(median(of(throughput?.stalls).map(({ maxStallMs }) => maxStallMs)), 1),
    ]);
  });
  return [row(heads), row(heads.map(() => '---')), ...rows].join('\n');
}

function growth(samples) {
  if (samples.length === 0) return '';
  const events = Math.min(...samples.map(({ tracked, warmup = 10_000 }) => tracked - warmup));
  const ended = samples.find(({ crashed }) => crashed)?.crashed;
  return `${show(median(samples.map(({ growthMiB }) => growthMiB)))} at ${show(events / 1000)}k${ended ? `, then ${ended}` : ''}`;
}

function lost(samples, outOf) {
  if (samples.length === 0) return '';
  const total = (name) => samples.reduce((sum, sample) => sum + sample[name], 0);
  const alone = samples.some(({ ended, crashed }) => /^exit/.test(ended ?? crashed ?? '')) ? ', ended by itself' : '';
  return `${show(total('lost'))} of ${show(total(outOf))}${alone}`;
}

function figureTable(scenarios) {
  const inRequest = figuresOf(scenarios, IN_REQUEST);
  const cells = (name, value) => (value === null ? ['', 'not run'] : [value.toFixed(2), verdict(name, value)]);
  const rows = Object.entries(figuresOf(scenarios)).map(([name, value]) => {
    const { must, aim, good } = targets[name];
    const sign = good === 'below' ? '<=' : '>=';
    return row([name, `${sign} ${must}`, `${sign} ${aim}`, ...cells(name, value), ...cells(name, inRequest[name])]);
  });
  const heads = ['figure', 'must', 'aim', 'measured', 'reached', 'in a request', 'reached'];
  return [row(heads), row(heads.map(() => '---')), ...rows].join('\n');
}
