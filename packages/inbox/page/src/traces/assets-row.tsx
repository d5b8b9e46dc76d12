import type { CSSProperties, ReactElement } from 'react';
import { countOf, durationText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { hrefWith, usePlace } from '../shared/location.ts';
import { hueOf } from './service-hue.ts';
import type { AssetsRow as Row } from './waterfall-rows.ts';

interface AssetsRowProps {
  readonly row: Row;
  /** Percent of the whole. */
  readonly left: number;
  readonly width: number;
}

/** Scripts, styles and images in one line, which leads to all of them. */
export function AssetsRow({ row: { assets, depth, from, to }, left, width }: AssetsRowProps): ReactElement {
  const place = usePlace();
  const hue = hueOf(assets[0]?.service ?? null);
  const style = { '--depth': depth, '--left': `${left}%`, '--width': `${width}%`, '--hue': hue };
  return (
    <Link
      className="bar-row assets"
      style={style as CSSProperties}
      href={hrefWith(place, { assets: '1' })}
      aria-expanded={false}
    >
      <span className="name">
        <strong>{countOf(assets.length, 'asset')}</strong>
        <span className="muted">scripts, styles, images</span>
      </span>
      <span className="track">
        <span className="span-bar" />
      </span>
      <span className="duration">{durationText(to - from)}</span>
    </Link>
  );
}
