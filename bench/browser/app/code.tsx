import { useParams } from 'react-router';

export function Component() {
  return <h2>{useParams()['id']}</h2>;
}
