import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { type Code, findCode, pictureUrl } from '../api/codes.ts';
import { ApiError } from '../api/errors.ts';
import { Failure } from '../layout/failure.tsx';
import { Loading } from '../layout/loading.tsx';
import { useLoaded } from '../layout/use-loaded.ts';
import { dateText } from './date-text.ts';
import { NotFoundPage } from './not-found-page.tsx';
import { ScanAddress } from './scan-address.tsx';
import { titleOf } from './title-of.ts';

export function CodePage(): ReactElement {
  const { qrId = '' } = useParams();
  const loaded = useLoaded(qrId, 'show_code', findCode);
  if (loaded.state === 'loading') return <Loading />;
  if (loaded.state === 'loaded') return <CodeDetails code={loaded.value} />;
  const isUnknown = loaded.error instanceof ApiError && loaded.error.status === 404;
  return isUnknown ? <NotFoundPage /> : <Failure message={loaded.message} />;
}

function CodeDetails({ code }: { readonly code: Code }): ReactElement {
  const title = titleOf(code);
  return (
    <div className="narrow">
      <h1>{title}</h1>
      <div className="card details">
        <img src={pictureUrl(code.svgUrl)} alt={`QR code: ${title}`} width="240" height="240" />
        <div className="actions">
          <a className="button" href={pictureUrl(code.pngUrl)} download={`qr-${code.id}.png`}>
            Download PNG
          </a>
          <a href={pictureUrl(code.svgUrl)} download={`qr-${code.id}.svg`}>
            Download SVG
          </a>
        </div>
        <dl>
          {code.destinationUrl !== null && (
            <>
              <dt>Leads to</dt>
              <dd>
                <a href={code.destinationUrl} rel="noreferrer">
                  {code.destinationUrl}
                </a>
              </dd>
            </>
          )}
          <ScanAddress code={code} />
          <dt>Created</dt>
          <dd>
            <time dateTime={code.createdAt}>{dateText(code.createdAt)}</time>
          </dd>
        </dl>
      </div>
      <p className="aside">
        <Link to="/">All codes</Link>
      </p>
    </div>
  );
}
