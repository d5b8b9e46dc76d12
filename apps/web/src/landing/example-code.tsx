import { correction, generate } from 'lean-qr';
import { toSvgPath } from 'lean-qr/extras/svg';
import type { ReactElement } from 'react';

/** Modules of white around a code: ISO/IEC 18004 asks for four. */
const MARGIN = 4;

/** A code that leads to an address: drawn here, because it is the same for everyone and counts no scans. */
export function ExampleCode({ address }: { readonly address: string }): ReactElement {
  const code = generate(address, { minCorrectionLevel: correction.M });
  const width = code.size + 2 * MARGIN;
  return (
    <svg
      className="example-code"
      viewBox={`0 0 ${width} ${width}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label="QR code that leads to this site"
    >
      <path fill="#fff" d={`M0 0h${width}v${width}H0z`} />
      <path fill="#1d3b8b" transform={`translate(${MARGIN} ${MARGIN})`} d={toSvgPath(code)} />
    </svg>
  );
}
