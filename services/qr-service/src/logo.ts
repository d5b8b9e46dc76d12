import { AppError } from '@qr/common';
import sharp from 'sharp';

const MAX_LOGO_BYTES = 200_000;
/** Longest side of a stored logo; a code is drawn about a thousand pixels wide, its logo a quarter of that. */
const MAX_SIDE_PIXELS = 256;
/** A small file can claim to be huge: more is not decoded. */
const MAX_DECODED_PIXELS = 4096 * 4096;

const DATA_URL = /^data:image\/(?:png|jpeg);base64,([A-Za-z0-9+/]+={0,2})$/;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

/**
 * Reads a logo and draws it anew as a small PNG: what was hidden in the file (a place in its metadata, a second document) stays behind.
 * SVG is not accepted, as it can hold scripts and references.
 *
 * @param dataUrl a PNG or JPEG as a data URL.
 * @throws AppError 400 that says what is wrong with it.
 */
export async function readLogo(dataUrl: string): Promise<Buffer> {
  const bytes = Buffer.from(DATA_URL.exec(dataUrl)?.[1] ?? '', 'base64');
  // By the bytes, not by what the URL says: the decoder knows more formats than are wanted here.
  if (!startsWith(bytes, PNG) && !startsWith(bytes, JPEG)) refuse('must be a PNG or JPEG image as a data URL');
  if (bytes.length > MAX_LOGO_BYTES) refuse(`must be at most ${MAX_LOGO_BYTES / 1000} kB`);
  try {
    return await sharp(bytes, { limitInputPixels: MAX_DECODED_PIXELS, failOn: 'error' })
      .autoOrient()
      .resize(MAX_SIDE_PIXELS, MAX_SIDE_PIXELS, { fit: 'inside', withoutEnlargement: true })
      .png()
      .toBuffer();
  } catch (cause) {
    return refuse('is damaged or too large to be drawn', cause);
  }
}

function startsWith(bytes: Buffer, magic: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic);
}

function refuse(reason: string, cause?: unknown): never {
  throw new AppError({ code: 'invalid_logo', message: `logo ${reason}`, field: 'logo', cause });
}
