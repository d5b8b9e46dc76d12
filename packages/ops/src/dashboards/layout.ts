import type { SentryWidget } from '@qr/alerts/config';

/** Where a widget stands: columns and rows of Sentry's grid. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly minH: number;
}

const COLUMNS = 6;
const HEIGHT = 2;

/** Places widgets in rows, from left to right; one that does not fit begins the next row, below the tallest. */
export function placesOf(widgets: readonly SentryWidget[]): readonly Place[] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return widgets.map(({ width, height = HEIGHT }) => {
    if (x + width > COLUMNS) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const place = { x, y, w: width, h: height, minH: HEIGHT };
    x += width;
    rowHeight = Math.max(rowHeight, height);
    return place;
  });
}
