import { AppError } from '@qr/common';
import type { Look } from './look.ts';

/** To white, by WCAG 2: scanners tell dark from light, and cameras wash colours out. */
const MIN_CONTRAST = 4.5;

/** @throws AppError 400 for a picture that scanners could not read. */
export function checkReadable({ color, level }: Look, hasLogo: boolean): void {
  if (color !== undefined && contrastToWhite(color) < MIN_CONTRAST)
    refuse('color', `color must be darker: its contrast to white must be at least ${MIN_CONTRAST} to 1`);
  if (hasLogo && level !== undefined && level !== 'H')
    refuse('level', 'level must be H for a code with a logo, which covers a part of it; leave it out');
}

function refuse(field: string, message: string): never {
  throw new AppError({ code: 'unreadable_image', message, field });
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio, for six hexadecimal digits. */
function contrastToWhite(color: string): number {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((start) => {
    const share = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}
