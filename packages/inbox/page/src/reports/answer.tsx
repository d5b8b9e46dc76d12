import type { ReactElement, ReactNode } from 'react';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { Empty } from '../shared/empty.tsx';
import { Link } from '../shared/link.tsx';
import { Loading } from '../shared/loading.tsx';
import { usePlace } from '../shared/location.ts';
import { useJson } from '../shared/use-json.ts';

interface AnswerProps<T> {
  readonly path: string;
  readonly children: (data: T) => ReactNode;
}

/** The answer to a report, again with what arrives; what is wrong with the question when it is refused. */
export function Answer<T>({ path, children }: AnswerProps<T>): ReactElement {
  const place = usePlace();
  const revision = useFeedPart((feed) => feed.revision);
  const loaded = useJson<T>(path, revision);
  if (loaded.data === undefined && loaded.failure !== undefined) {
    return (
      <Empty title="This cannot be counted">
        <p>{loaded.failure}</p>
        <p>
          Change what is chosen above, or <Link href={place.path}>start over</Link>.
        </p>
      </Empty>
    );
  }
  return <Loading loaded={loaded}>{children}</Loading>;
}
