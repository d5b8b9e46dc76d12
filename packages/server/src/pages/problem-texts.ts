/** What a page says of an error. */
export interface ProblemText {
  readonly title: string;
  /** What to do, in a sentence or two. */
  readonly advice: string;
}

const AWAY: ProblemText = {
  title: 'This page cannot be reached right now',
  advice: 'The fault is on our side. Try again in a minute.',
};

const BY_STATUS: Readonly<Record<number, ProblemText>> = {
  400: {
    title: 'This address is not valid',
    advice: 'A part of it may be missing. Check the address.',
  },
  404: { title: 'There is no page here', advice: 'Check the address.' },
  405: {
    title: 'This request is not supported',
    advice: 'Open the address in a browser.',
  },
  429: {
    title: 'Too many requests',
    advice: 'There were too many requests from your network. Wait a minute, then try again.',
  },
  500: { title: 'Something went wrong', advice: 'The fault is on our side. Try again in a minute.' },
  502: AWAY,
  503: AWAY,
  504: AWAY,
};

const REFUSED: ProblemText = {
  title: 'This request was refused',
  advice: 'Check the address.',
};

/** Returns what a page says of an error status, unless the application has words of its own for it. */
export function problemText(statusCode: number): ProblemText {
  return BY_STATUS[statusCode] ?? (statusCode >= 500 ? (BY_STATUS[500] ?? AWAY) : REFUSED);
}
