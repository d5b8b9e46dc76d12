import { AppError } from '@qr/common/server';
import sharp from 'sharp';

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
  if (!startsWith(bytes, PNG) && !startsWith(bytes, JPEG)) refuse('must be a PNG or JPEG image as a data URL');
  if (bytes.length > MAX_LOGO_BYTES) refuse(`must be at most ${MAX_LOGO_BYTES / 1000} kB`);
  const { width, height } = await sizeOf(bytes);
  if (width > MAX_SOURCE_SIDE_PIXELS || height > MAX_SOURCE_SIDE_PIXELS)
    refuse(`must be at most ${MAX_SOURCE_SIDE_PIXELS} pixels on each side`);
  if (width * height > MAX_SOURCE_PIXELS) refuse(`must have at most ${MAX_SOURCE_PIXELS / 1024 / 1024} megapixels`);
  try {
    return await sharp(bytes, { limitInputPixels: MAX_SOURCE_PIXELS, failOn: 'error' })
      .timeout({ seconds: MAX_DECODE_SECONDS })
      .autoOrient()
      .resize(MAX_SIDE_PIXELS, MAX_SIDE_PIXELS, { fit: 'inside', withoutEnlargement: true })
      .png()
      .toBuffer();
  } catch (cause) {
    return refuse('is damaged or takes too long to be drawn', cause);
  }
}

/** Reads the header alone. */
async function sizeOf(bytes: Buffer): Promise<{ readonly width: number; readonly height: number }> {
  try {
    return await sharp(bytes, { limitInputPixels: false, failOn: 'error' }).metadata();
  } catch (cause) {
    return refuse('is damaged', cause);
  }
}

function startsWith(bytes: Buffer, magic: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic);
}

function refuse(reason: string, cause?: unknown): never {
  throw new AppError({ code: 'invalid_logo', message: `logo ${reason}`, field: 'logo', cause });
}
