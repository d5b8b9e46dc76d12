import { type ReactElement, useState } from 'react';
import { type Code, type Look, pictureUrl } from '../api/codes.ts';
import { SelectField } from '../forms/select-field.tsx';
import { titleOf } from './title-of.ts';

/** Dark enough for every scanner. */
const COLORS = [
  { value: '000000', label: 'Black' },
  { value: '1d3b8b', label: 'Blue' },
  { value: '14532d', label: 'Green' },
  { value: '8b0000', label: 'Red' },
  { value: '4c1d95', label: 'Purple' },
];
const SIZES = [
  { value: '512', label: '512 pixels, for screens' },
  { value: '1024', label: '1024 pixels, for flyers' },
  { value: '2048', label: '2048 pixels, for posters' },
];
const LEVELS = [
  { value: 'L', label: 'Low (7 %)' },
  { value: 'M', label: 'Medium (15 %)' },
  { value: 'Q', label: 'High (25 %)' },
  { value: 'H', label: 'Highest (30 %)' },
];

/** The picture as it will be downloaded, and how it is to look. */
export function CodePicture({ code }: { readonly code: Code }): ReactElement {
  const [color, setColor] = useState('000000');
  const [size, setSize] = useState('1024');
  const [level, setLevel] = useState('M');
  // A logo covers a part of the code: the service restores it by the highest level, whatever is asked for.
  const look: Look = { color, ...(!code.hasCustomLogo && { level: level as NonNullable<Look['level']> }) };
  return (
    <aside className="card preview" aria-label="Picture">
      <img src={pictureUrl(code.svgUrl, look)} alt={`QR code: ${titleOf(code)}`} width="240" height="240" />
      <div className="form">
        <SelectField
          label="Colour"
          name="color"
          value={color}
          options={COLORS}
          onChange={(event) => setColor(event.target.value)}
        />
        {!code.hasCustomLogo && (
          <SelectField
            label="Error correction"
            name="level"
            value={level}
            options={LEVELS}
            hint="How much of it may be dirty or torn."
            onChange={(event) => setLevel(event.target.value)}
          />
        )}
        <SelectField
          label="Size of the PNG"
          name="size"
          value={size}
          options={SIZES}
          onChange={(event) => setSize(event.target.value)}
        />
      </div>
      <div className="actions">
        <a
          className="button"
          href={pictureUrl(code.pngUrl, { ...look, size: Number(size) })}
          download={`qr-${code.id}.png`}
        >
          Download PNG
        </a>
        <a href={pictureUrl(code.svgUrl, look)} download={`qr-${code.id}.svg`}>
          Download SVG
        </a>
      </div>
    </aside>
  );
}
