import { isJsonObject } from '../store/records.ts';

/** `%s`, `%(name)s`, `{}`, `{0}` and `{name}`, and the doubled signs that stand for themselves. */
const PLACEHOLDERS = /%%|%\((\w+)\)[a-z]|%(?:\d+\$)?[a-z]|\{\{|\}\}|\{(\w*)\}/gi;

/** Puts the parameters into a message template, as the vendor does for SDKs that send both. */
export function formatMessage(template: string, params: unknown): string {
  const list: readonly unknown[] = Array.isArray(params) ? params : [];
  const named = isJsonObject(params) ? params : {};
  let next = 0;
  return template.replace(PLACEHOLDERS, (placeholder: string, percentName?: string, braceName?: string) => {
    if (placeholder === '%%') return '%';
    if (placeholder === '{{' || placeholder === '}}') return placeholder;
    const name = percentName ?? braceName ?? '';
    if (name !== '' && Object.hasOwn(named, name)) return textOf(named[name]);
    const index = /^\d+$/.test(name) ? Number(name) : name === '' ? next++ : -1;
    return index >= 0 && index < list.length ? textOf(list[index]) : placeholder;
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
