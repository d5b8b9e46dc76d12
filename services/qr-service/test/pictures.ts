import { crc32, deflateSync } from 'node:zlib';
import jsqr from 'jsqr';
import sharp from 'sharp';

/** A plain picture as a data URL. */
export async function picture(
  format: 'png' | 'jpeg' | 'gif' | 'webp',
  { side = 64, color = '#e00000' }: { readonly side?: number; readonly color?: string } = {},
): Promise<string> {
  const image = sharp({ create: { width: side, height: side, channels: 3, background: color } });
  const bytes = await image.toFormat(format).toBuffer();
  return `data:image/${format};base64,${bytes.toString('base64')}`;
}

/** A picture that does not compress. */
export async function noise(side: number): Promise<string> {
  const pixels = crypto.getRandomValues(new Uint8Array(65_536));
  const data = Buffer.alloc(side * side * 3);
  for (let offset = 0; offset < data.length; offset += pixels.length)
    data.set(pixels.subarray(0, data.length - offset), offset);
  const bytes = await sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
  return `data:image/png;base64,${bytes.toString('base64')}`;
}

/** What a scanner reads from a picture, and the colour in its middle. */
export async function scan(image: Buffer): Promise<{ text: string | undefined; middle: number[] }> {
  // An SVG without a size is one pixel a module.
  const { width } = await sharp(image).metadata();
  const { data, info } = await sharp(image, { density: width < 100 ? 72 * 8 : 72 })
    .flatten({ background: '#fff' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const middle = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * 4;
  const found = jsqr.default(new Uint8ClampedArray(data), info.width, info.height);
  return { text: found?.data, middle: [...data.subarray(middle, middle + 3)] };
}

/** The darkest red, green and blue of a picture. */
export async function darkest(image: Buffer): Promise<number[]> {
  const { channels } = await sharp(image).stats();
  return channels.slice(0, 3).map(({ min }) => min);
}

/** A PNG of one colour that is `width` times `height` pixels large: a few kB, whatever its size. */
export function blankPng(width: number, height: number, { bits = 1 }: { readonly bits?: 1 | 16 } = {}): string {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  // Grey in one bit, else red, green, blue and alpha.
  header[9] = bits === 1 ? 0 : 6;
  const rowBytes = 1 + Math.ceil((width * bits * (bits === 1 ? 1 : 4)) / 8);
  const png = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(rowBytes * height))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** https://www.w3.org/TR/png-3/#5Chunk-layout */
function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
