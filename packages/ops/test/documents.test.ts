import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { alertRules } from '@qr/observability/alerts';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const NOT_OURS = new Set(['node_modules', 'dist', 'results', '.git', '.data']);
const documents = filesOfRepository('.md');
const runBook = readFileSync(join(root, 'docs/operations.md'), 'utf8');

it.each(alertRules)('the run book says what to do about "$name"', ({ name, runbook }) => {
  const heading = headingsOf(runBook).find((candidate) => anchorOf(candidate) === runbook);
  expect(heading).toBe(name);
});

it.each(documents)('every link of %s within the repository leads somewhere', (document) => {
  const broken = linksOf(readFileSync(join(root, document), 'utf8')).filter((link) => !leadsSomewhere(document, link));
  expect(broken).toEqual([]);
});

it('every decision is in the index, with its title', () => {
  const folder = join(root, 'docs/adr');
  const index = readFileSync(join(folder, 'README.md'), 'utf8');
  const decisions = readdirSync(folder).filter((name) => /^\d{4}-.+\.md$/.test(name));
  expect(decisions.length).toBeGreaterThan(0);
  const missing = decisions.filter((name) => {
    const [title] = headingsOf(readFileSync(join(folder, name), 'utf8'));
    return !index.includes(`| ${title?.replace('. ', ' | [')}](${name}) |`);
  });
  expect(missing).toEqual([]);
});

it('every warning that the run book quotes stands in the code', () => {
  const quoted = [...runBook.matchAll(/^```text\n(.*?)^```$/gms)].flatMap(([, lines = '']) => lines.trim().split('\n'));
  expect(quoted.length).toBeGreaterThan(0);
  const sources = ['packages/telemetry/src', 'packages/server/src', 'packages/delivery/src']
    .flatMap((folder) => filesOfRepository('.ts', folder))
    .map((path) => readFileSync(join(root, path), 'utf8'));
  // What a warning says of the case at hand stands as `...` in the run book, and as an expression in the code.
  const isSaid = (warning: string) => {
    const parts = warning.split('...').filter((part) => part.trim() !== '');
    return sources.some((source) => parts.every((part) => source.includes(part)));
  };
  expect(quoted.filter((warning) => !isSaid(warning))).toEqual([]);
});

it('knows how GitHub makes an anchor of a heading, and a link that leads nowhere', () => {
  expect(anchorOf('`qr_created` and 401, 403!')).toBe('qr_created-and-401-403');
  expect(leadsSomewhere('docs/operations.md', '#vendor-outage')).toBe(true);
  expect(leadsSomewhere('docs/operations.md', '#no-such-heading')).toBe(false);
  expect(leadsSomewhere('docs/operations.md', '../README.md#commands')).toBe(true);
  expect(leadsSomewhere('docs/operations.md', 'no-such-file.md')).toBe(false);
  expect(linksOf('[a](x.md "title") `[b](y.md)` ![c](z.png)\n```\n[d](w.md)\n```\n')).toEqual(['x.md', 'z.png']);
});

/** Paths of the repository's own files: not of what is installed, built or stored. */
function filesOfRepository(ending: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : filesOfRepository(ending, path);
    return path.endsWith(ending) ? [path] : [];
  });
}

/** Targets of links and pictures that are no addresses of the web. */
function linksOf(markdown: string): string[] {
  const text = withoutCode(markdown).replace(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(\s*<?([^)\s>]+)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target));
}

function leadsSomewhere(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(root, document) : resolve(root, dirname(document), decodeURI(path));
  // A link that leaves the repository works on nobody else's machine.
  if (relative(root, target).startsWith('..') || !existsSync(target)) return false;
  if (anchor === undefined || anchor === '') return true;
  const text = readFileSync(target, 'utf8');
  if (target.endsWith('.md')) return anchorsOf(text).includes(anchor);
  // In code GitHub knows lines.
  const [, line] = /^L(\d+)$/.exec(anchor) ?? [];
  return line !== undefined && Number(line) <= text.split('\n').length;
}

function headingsOf(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) => heading);
}

/** Headings that are alike are numbered from the second on. */
function anchorsOf(markdown: string): string[] {
  const seen = new Map<string, number>();
  return headingsOf(markdown).map((heading) => {
    const anchor = anchorOf(heading);
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

/** As GitHub does: lower case, letters, digits, `_` and `-`, spaces as `-`. */
function anchorOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^(`{3,}).*?^\1`*$/gms, '');
}
