import { AppError } from '@qr/common/server';
import { correction, generate, mode } from 'lean-qr';
import { toSvgPath } from 'lean-qr/extras/svg';
import sharp from 'sharp';

/** Modules of white around the code: ISO/IEC 18004 asks for four. */
const MARGIN = 4;
/** Its number among the extended channel interpretations. */
const UTF_8 = 26;
/** Share of the width that the logo's plate covers. Level H restores 30 % of the code; the plate hides 6 %. */
const PLATE_SHARE = 0.25;
const PNG_MIN_WIDTH_PIXELS = 1000;
/** An SVG without a size is drawn at one pixel a unit with this density. */
const SVG_PIXELS_PER_INCH = 72;

/** To white, by WCAG 2: scanners tell dark from light, and cameras wash colours out. */
const MIN_CONTRAST = 4.5;

/** How a code looks; null, like a missing value, means the default. */
export interface Look {
  /** Of the dark modules, as `rrggbb`. @default '000000' */
  readonly color?: string | null | undefined;
  /** Error correction. @default 'M', or 'H' with a logo */
  readonly level?: 'L' | 'M' | 'Q' | 'H' | null | undefined;
}

export interface ImageOptions extends Look {
  /** Width and height in pixels. @default at least 1000 for a PNG; none for an SVG, which takes the size of its place */
  readonly size?: number;
}

export const DEFAULT_COLOR = '000000';

/** A logo covers a part of the code, which only the strongest correction restores. */
export function defaultLevel(hasLogo: boolean): 'M' | 'H' {
  return hasLogo ? 'H' : 'M';
}

/** A code as an SVG document, one unit a module, with the logo (a PNG) in the middle. */
export function drawSvg(content: string, logo: Buffer | null, options: ImageOptions = {}): string {
  const { size, color, level } = options;
  const code = generate(encoded(content), { minCorrectionLevel: correction[level ?? defaultLevel(logo !== null)] });
  const width = code.size + 2 * MARGIN;
  const sides = size === undefined ? '' : ` width="${size}" height="${size}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${width}"${sides} shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${width}v${width}H0z"/>` +
    `<path fill="#${color ?? DEFAULT_COLOR}" transform="translate(${MARGIN} ${MARGIN})" d="${toSvgPath(code)}"/>` +
    `${logo ? plate(width, logo) : ''}</svg>`
  );
}

/**
 * ISO/IEC 18004 reads bytes as Latin-1 unless the code says otherwise, and scanners guess differently. A text beyond ASCII is one segment of bytes
 * that begins with the designator of UTF-8 (ECI 26); some scanners lose one that comes later.
 */
function encoded(content: string) {
  const bytes = Buffer.from(content);
  return bytes.length === content.length ? content : mode.multi(mode.eci(UTF_8), mode.bytes(bytes));
}

/** The same as a PNG, with a whole number of pixels a module: what that leaves of the size becomes margin, as blurred modules scan badly. */
export async function drawPng(content: string, logo: Buffer | null, options: ImageOptions = {}): Promise<Buffer> {
  const { size, ...look } = options;
  const svg = drawSvg(content, logo, look);
  const width = widthOf(svg);
  const scale = size === undefined ? Math.ceil(PNG_MIN_WIDTH_PIXELS / width) : Math.floor(size / width);
  const drawn = sharp(Buffer.from(svg), { density: SVG_PIXELS_PER_INCH * scale }).png({ palette: logo === null });
  const spare = size === undefined ? 0 : size - scale * width;
  const start = Math.floor(spare / 2);
  const end = spare - start;
  return drawn.extend({ top: start, left: start, bottom: end, right: end, background: '#fff' }).toBuffer();
}

function widthOf(svg: string): number {
  const width = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]);
  if (!Number.isInteger(width)) throw new Error('The drawn SVG has no viewBox with whole numbers');
  return width;
}

/** Codes are an odd number of modules wide; an odd plate covers whole modules only. */
function plate(width: number, logo: Buffer): string {
  const side = Math.floor(((width - 2 * MARGIN) * PLATE_SHARE) / 2) * 2 + 1;
  const start = (width - side) / 2;
  const href = `data:image/png;base64,${logo.toString('base64')}`;
  return (
    `<rect x="${start}" y="${start}" width="${side}" height="${side}" fill="#fff"/>` +
    `<image x="${start + 0.5}" y="${start + 0.5}" width="${side - 1}" height="${side - 1}" href="${href}"/>`
  );
}

/** @throws AppError 400 for a picture that scanners could not read. */
export function checkReadable({ color, level }: Look, hasLogo: boolean): void {
  if (color && contrastToWhite(color) < MIN_CONTRAST)
    refuse('color', `color must be darker: its contrast to white must be at least ${MIN_CONTRAST} to 1`);
  if (hasLogo && level && level !== 'H')
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

const MAX_LOGO_BYTES = 200_000;
/** Longest side of a stored logo; a code is drawn about a thousand pixels wide, its logo a quarter of that. */
const MAX_SIDE_PIXELS = 256;
/** A few kB can hold millions of pixels, and a picture of one row or column costs more than its area says. */
const MAX_SOURCE_SIDE_PIXELS = 4096;
const MAX_SOURCE_PIXELS = 8 * 1024 * 1024;
/** libvips gives up after this long; measured for the largest pictures above: 0.2 s. */
const MAX_DECODE_SECONDS = 5;

const DATA_URL = /^data:image\/(?:png|jpeg);base64,([A-Za-z0-9+/]+={0,2})$/;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

/**
 * Reads a logo and redraws it as a small PNG, so that nothing hidden in the file (a place in its metadata, a second document) is kept. Only the
 * header is read before the size is checked. SVG is refused because it can hold scripts and references.
 *
 * @param dataUrl a PNG or JPEG as a data URL; at most 200 kB, 4096 pixels on each side and 8 megapixels.
 * @throws AppError 400 that says what is wrong with it.
 */
export async function readLogo(dataUrl: string): Promise<Buffer> {
  const bytes = Buffer.from(DATA_URL.exec(dataUrl)?.[1] ?? '', 'base64');
  // By the bytes, not by what the URL says: the decoder knows more formats than are wanted here.
  if (!startsWith(bytes, PNG) && !startsWith(bytes, JPEG)) refuseLogo('must be a PNG or JPEG image as a data URL');
  if (bytes.length > MAX_LOGO_BYTES) refuseLogo(`must be at most ${MAX_LOGO_BYTES / 1000} kB`);
  const { width, height } = await sizeOf(bytes);
  if (width > MAX_SOURCE_SIDE_PIXELS || height > MAX_SOURCE_SIDE_PIXELS)
    refuseLogo(`must be at most ${MAX_SOURCE_SIDE_PIXELS} pixels on each side`);
  if (width * height > MAX_SOURCE_PIXELS) refuseLogo(`must have at most ${MAX_SOURCE_PIXELS / 1024 / 1024} megapixels`);
  try {
    return await sharp(bytes, { limitInputPixels: MAX_SOURCE_PIXELS, failOn: 'error' })
      .timeout({ seconds: MAX_DECODE_SECONDS })
      .autoOrient()
      .resize(MAX_SIDE_PIXELS, MAX_SIDE_PIXELS, { fit: 'inside', withoutEnlargement: true })
      .png()
      .toBuffer();
  } catch (cause) {
    return refuseLogo('is damaged or takes too long to be drawn', cause);
  }
}

/** Reads the header alone. */
async function sizeOf(bytes: Buffer): Promise<{ readonly width: number; readonly height: number }> {
  try {
    return await sharp(bytes, { limitInputPixels: false, failOn: 'error' }).metadata();
  } catch (cause) {
    return refuseLogo('is damaged', cause);
  }
}

function startsWith(bytes: Buffer, magic: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic);
}

function refuseLogo(reason: string, cause?: unknown): never {
  throw new AppError({ code: 'invalid_logo', message: `logo ${reason}`, field: 'logo', cause });
}
