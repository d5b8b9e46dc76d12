import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { scanRGBABuffer } from '@undecaf/zbar-wasm';
import jsqr from 'jsqr';
import sharp from 'sharp';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

// Else it would be downloaded.
const wasm = fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'));
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer } });

/** Pixels a module. */
const SCALE = 4;

/** What three scanners read from an SVG of one unit a module. */
export async function readWithAll(svg: Buffer): Promise<Readonly<Record<string, string | undefined>>> {
  const { data, info } = await sharp(svg, { density: 72 * SCALE })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const pixels = new Uint8ClampedArray(data);
  const [zxing] = await readBarcodes({ data: pixels, width, height, colorSpace: 'srgb' }, { formats: ['QRCode'] });
  const [zbar] = await scanRGBABuffer(pixels.buffer.slice(0), width, height);
  return { jsqr: jsqr.default(pixels, width, height)?.data, zxing: zxing?.text, zbar: zbar?.decode('utf-8') };
}
