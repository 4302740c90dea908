import { ShowPage } from './show-page.tsx';
import { ShowsPage } from './shows-page.tsx';
import { texts } from './texts.ts';

/** The page that belongs to an address. */
export function App({ path }: { readonly path: string }) {
  const slug = /^\/shows\/([^/]+)\/?$/.exec(path)?.[1];
  return (
    <>
      <header class="masthead">
        <a class="brand" href="/">
          {texts.brand}
        </a>
      </header>
      {slug === undefined ? <ShowsPage /> : <ShowPage slug={decodeURIComponent(slug)} />}
    </>
  );
}
