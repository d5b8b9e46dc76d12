import { Link, Outlet, type RouteObject } from 'react-router';

const codes = Array.from({ length: 200 }, (_, number) => ({ id: `code-${number}`, title: `Poster ${number}` }));

/** What the address asks to go wrong, for the part that counts what is lost. */
const wish = new URLSearchParams(location.search);

function Codes() {
  if (wish.has('render')) throw new Error(`render ${wish.get('render')}`);
  return (
    <ul>
      {codes.map(({ id, title }) => (
        <li key={id}>
          <Link to={`/codes/${id}`}>{title}</Link>
        </li>
      ))}
    </ul>
  );
}

function Layout() {
  return (
    <>
      <header>
        <h1>Codes</h1>
      </header>
      <Outlet />
    </>
  );
}

/** The same small app under each set-up. */
export const routes: RouteObject[] = [
  {
    element: <Layout />,
    children: [
      { path: '/', element: <Codes /> },
      // As in most apps of this size; so what a bundler adds for it is none of the SDKs' doing.
      { path: '/codes/:id', lazy: () => import('./code.tsx') },
    ],
  },
];
