import { type ReactElement, useEffect, useRef, useState } from 'react';
import { type Code, type CodeChanges, lookOf, pictureUrl, titleOf } from '../api/codes.ts';
import { SelectField } from '../forms/fields.tsx';
import { useAttempt } from '../notices/notice-provider.tsx';
import { useUpdateCode } from './queries.ts';

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

/** The picture as it will be downloaded, and its look, which is stored at once. */
export function CodePicture({ code }: { readonly code: Code }): ReactElement {
  const [size, setSize] = useState('1024');
  const { mutateAsync: updateCode } = useUpdateCode(code.id);
  const attempt = useAttempt();
  const change = (changes: CodeChanges) => attempt('change_look', () => updateCode(changes));
  const look = lookOf(code);
  // Chosen by other means than this page.
  const ownColor = { value: code.color, label: `#${code.color}` };
  return (
    <aside className="card preview" aria-label="Picture">
      <img src={pictureUrl(code.svgUrl, look)} alt={`QR code: ${titleOf(code)}`} width="240" height="240" />
      {code.scanUrl !== null && <ScanAddress scanUrl={code.scanUrl} />}
      <div className="form">
        <SelectField
          label="Colour"
          name="color"
          value={code.color}
          options={COLORS.some(({ value }) => value === code.color) ? COLORS : [...COLORS, ownColor]}
          onChange={({ target }) => void change({ color: target.value })}
        />
        {/* A logo covers a part of the code, which only the highest level restores. */}
        {!code.hasCustomLogo && (
          <SelectField
            label="Error correction"
            name="level"
            value={code.level}
            options={LEVELS}
            hint="How much of the code can be damaged and still scan."
            onChange={({ target }) => void change({ level: target.value as Code['level'] })}
          />
        )}
        <SelectField
          label="PNG size"
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

/** The printed address, with a button that copies it. */
function ScanAddress({ scanUrl }: { readonly scanUrl: string }): ReactElement {
  return (
    <div className="scan-address">
      <a href={scanUrl}>{scanUrl.replace(/^https?:\/\//, '')}</a>
      <CopyButton text={scanUrl} label="Copy link" />
    </div>
  );
}

/** How long a button says that it has copied. */
const SHOWN_MS = 2000;

/** Copies a text. */
function CopyButton({ text, label }: { readonly text: string; readonly label: string }): ReactElement {
  const [outcome, setOutcome] = useState<'copied' | 'failed'>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    setOutcome((await copied(text)) ? 'copied' : 'failed');
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOutcome(undefined), SHOWN_MS);
  };
  return (
    <button type="button" className="quiet" onClick={() => void copy()}>
      <span aria-live="polite">{outcome === undefined ? label : outcome === 'copied' ? 'Copied' : 'Not copied'}</span>
    </button>
  );
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

/** For pages over plain HTTP, which have no clipboard, and people who refused it. */
function copiedBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
