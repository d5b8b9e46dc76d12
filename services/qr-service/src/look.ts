import type { ImageOptions } from './image.ts';

/** How a code is drawn unless a request says otherwise. */
export type Look = Partial<Record<'color', string | undefined> & { level: ImageOptions['level'] | undefined }>;

export const DEFAULT_COLOR = '000000';

/** A logo covers a part of the code, which only the strongest correction restores. */
export function defaultLevel(hasLogo: boolean): 'M' | 'H' {
  return hasLogo ? 'H' : 'M';
}

/** The options of a drawing for a look of which parts may be unset. */
export function lookOf({
  color,
  level,
}: {
  readonly [Key in keyof Look]-?: Look[Key] | null;
}): Pick<ImageOptions, 'color' | 'level'> {
  return { ...(color != null && { color }), ...(level != null && { level }) };
}
