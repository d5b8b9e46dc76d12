import { AppError } from '@qr/common/server';
import Type, { type Static } from 'typebox';
import { checkWebAddress } from './destination.ts';

// PostgreSQL refuses NUL, and halves of characters in JSON.
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength, pattern: '^[^\\p{Cc}\\p{Cs}]*$' }));

const MAX_LINE_BYTES = 75;

/** A business card. */
export const vcardSchema = Type.Object(
  {
    firstName: text(60),
    lastName: text(60),
    organization: text(80),
    jobTitle: text(80),
    phone: Type.Optional(Type.String({ pattern: '^\\+?[0-9 ()./-]{3,30}$' })),
    email: Type.Optional(Type.String({ maxLength: 254, pattern: '^[^\\s@\\p{Cc}\\p{Cs}]+@[^\\s@\\p{Cc}\\p{Cs}]+$' })),
    url: Type.Optional(Type.String({ maxLength: 300 })),
  },
  { additionalProperties: false },
);

export type Vcard = Readonly<Static<typeof vcardSchema>>;

/** @throws AppError 400 for a card without a name, or with an address that is none. */
export function checkVcard(vcard: Vcard): Vcard {
  if (nameOf(vcard) === '')
    throw new AppError({
      code: 'invalid_vcard',
      message: 'vcard must have a firstName, a lastName or an organization',
      field: 'vcard.firstName',
    });
  return vcard.url === undefined ? vcard : { ...vcard, url: checkWebAddress(vcard.url, 'vcard.url').href };
}

/** vCard 3.0, RFC 2426: the version that every phone reads. */
export function vcardText(vcard: Vcard): string {
  const { firstName = '', lastName = '', organization, jobTitle, phone, email, url } = vcard;
  const lines = [
    ['N', `${escapeText(lastName)};${escapeText(firstName)};;;`],
    ['FN', escapeText(nameOf(vcard))],
    ['ORG', organization && escapeText(organization)],
    ['TITLE', jobTitle && escapeText(jobTitle)],
    ['TEL', phone],
    ['EMAIL', email && escapeText(email)],
    ['URL', url],
  ];
  const filled = lines.filter(([, value]) => value).map(([name, value]) => `${name}:${value}`);
  return ['BEGIN:VCARD', 'VERSION:3.0', ...filled.map(fold), 'END:VCARD', ''].join('\r\n');
}

/** RFC 2426, section 2.6: lines of at most 75 bytes, each after the first begins with a space; never within a character. */
function fold(line: string): string {
  const lines: string[] = [];
  let current = '';
  for (const character of line) {
    if (Buffer.byteLength(current + character) > MAX_LINE_BYTES) {
      lines.push(current);
      current = ' ';
    }
    current += character;
  }
  return [...lines, current].join('\r\n');
}

function nameOf({ firstName = '', lastName = '', organization = '' }: Vcard): string {
  return `${firstName} ${lastName}`.trim() || organization.trim();
}

/** RFC 2426, section 2.4.2; line breaks are refused before. */
function escapeText(value: string): string {
  return value.replace(/[\\;,]/g, '\\$&');
}
