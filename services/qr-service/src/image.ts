import QRCode from 'qrcode';
import sharp from 'sharp';

/** Modules of white around the code: ISO/IEC 18004 asks for four. */
const MARGIN = 4;
/** Share of the width that the logo's plate covers. Level H restores 30 % of the code; the plate hides 6 %. */
const PLATE_SHARE = 0.25;
const PNG_MIN_WIDTH_PIXELS = 1000;
/** An SVG without a size is drawn at one pixel a unit with this density. */
const SVG_PIXELS_PER_INCH = 72;

/** A code as an SVG document, one unit a module, with the logo (a PNG) in the middle. */
export async function drawSvg(content: string, logo: Buffer | null): Promise<string> {
  const errorCorrectionLevel = logo ? 'H' : 'M';
  const svg = await QRCode.toString(content, { type: 'svg', margin: MARGIN, errorCorrectionLevel });
  return logo ? svg.replace('</svg>', `${plate(widthOf(svg), logo)}</svg>`) : svg;
}

/** The same as a PNG, with a whole number of pixels a module. */
export async function drawPng(content: string, logo: Buffer | null): Promise<Buffer> {
  const svg = await drawSvg(content, logo);
  const scale = Math.ceil(PNG_MIN_WIDTH_PIXELS / widthOf(svg));
  return sharp(Buffer.from(svg), { density: SVG_PIXELS_PER_INCH * scale })
    .png({ palette: logo === null })
    .toBuffer();
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
